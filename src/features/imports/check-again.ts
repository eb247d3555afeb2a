import type { Transaction } from '../../database/database.ts'
import { Problem } from '../../problems/problem.ts'
import { findNames, lacksDecision } from './check-effect.ts'
import { type Decision, lockDecisions } from './decisions.ts'
import { decisionIdentity } from './mentions.ts'
import type { ImportJob, ImportState } from './store.ts'

/** The imports of a register after decisions about names: those with the names whose commit has not begun are checked again. */

/** The states of an import that is open for decisions. */
const openStates: readonly ImportState[] = ['uploaded', 'staging', 'staged']

/** @throws Problem `conflict` if an import is no longer open for decisions. */
export function requireOpen({ state }: ImportJob): void {
  if (!openStates.includes(state))
    throw new Problem('conflict', `The import is ${state}: it is no longer open for decisions.`)
}

/**
 * Locks the decisions of a register and its imports that are open for them, until the transaction ends: no import ends its reading,
 * is checked further or is committed while decisions are stored. The rows are locked in the order of their ids, as a redaction
 * locks them.
 */
export async function lockOpen(tx: Transaction, scheme: string): Promise<void> {
  await lockDecisions(tx, scheme)
  // Parts of files and names of imports that are being read can still be stored: a stronger lock would prevent that.
  await tx.query({
    text: 'select from imports where scheme = $1 and state = any($2) order by id for no key update',
    values: [scheme, openStates],
  })
}

/**
 * Starts the checks of imports again, even running ones, if a name in them was decided anew or differently, or if their last check
 * has not found the decision, such as one that a command has stored: rows that were refused for the name may be ready now. An
 * import whose file is still being read is checked later anyway. The caller has locked the imports (`lockOpen`).
 * @param changed the identities of the decisions that were made anew or replaced another one.
 */
export async function checkAgain(
  tx: Transaction,
  scheme: string,
  decisions: readonly Decision[],
  changed: ReadonlySet<string>,
): Promise<void> {
  if (decisions.length === 0) return
  const decisionOf = new Map(decisions.map((decision) => [decisionIdentity(decision), decision]))
  const jobs = await tx.query<Pick<ImportJob, 'id'>>({
    text: `select id from imports
      where scheme = $1 and (state = 'staged' or (state = 'staging' and rows_read is not null))`,
    values: [scheme],
  })
  const ids = jobs.map(({ id }) => id)
  const concerned = (await findNames(tx, ids, decisions)).filter((name) => {
    const identity = decisionIdentity(name)
    const decision = decisionOf.get(identity)
    // A running check has not yet stored the statuses that follow from a changed decision.
    return decision && (changed.has(identity) || lacksDecision(name, decision))
  })
  await tx.query({
    text: `update imports set state = 'staging', done_through = 0, pass = pass + 1 where id = any($1::uuid[])`,
    values: [[...new Set(concerned.map((name) => name.import))]],
  })
}
