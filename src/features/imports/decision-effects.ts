import type { Transaction } from '../../database/database.ts'
import { toNfc } from '../../model/characters.ts'
import { invalidBody } from '../../operations/writing/validation.ts'
import { quote } from '../../problems/faults.ts'
import { FaultList, Problem } from '../../problems/problem.ts'
import { maxNameLength } from '../names/types.ts'
import { type Decision, lockDecisions } from './decisions.ts'
import { decisionIdentity } from './mentions.ts'
import { decidedColumns, type NameStatus } from './names.ts'
import type { ImportJob, ImportState } from './store.ts'

/**
 * What decisions about names do to the imports of a register: each import that contains one of the names, and whose commit has not
 * begun, is checked again.
 */

/** The states of an import that is open for decisions. */
const openStates: readonly ImportState[] = ['uploaded', 'staging', 'staged']

/** @throws Problem `conflict` if an import is no longer open for decisions. */
export function requireOpen({ state }: ImportJob): void {
  if (!openStates.includes(state))
    throw new Problem('conflict', `The import is ${state}: it is no longer open for decisions.`)
}

/**
 * Locks the decisions of a register and its imports that are open for them, until the transaction ends. While decisions are
 * stored, no import finishes reading its file, continues its check or is committed. The rows are locked in the order of their ids,
 * as a redaction locks them.
 */
export async function lockOpen(tx: Transaction, scheme: string): Promise<void> {
  await lockDecisions(tx, scheme)
  // Parts of files and names of imports that are being read can still be stored: a stronger lock would prevent that.
  await tx.query({
    text: 'select from imports where scheme = $1 and state = any($2) order by id for no key update',
    values: [scheme, openStates],
  })
}

/** A name of an import, on all dates. */
interface NameOnAnyDate {
  import: string
  resource: string
  name: string
  country: string | null
  scheme: string | null
  /** Whether its status is `resolved_by_date` on all dates. */
  isResolvedByDate: boolean
  /** Its other statuses in the last check, each with the key of the record: `decided PAK`, `unresolved `. */
  outcomes: string[]
}

/** Whether the last check ran without this decision about a name. */
const lacksDecision = ({ outcomes }: NameOnAnyDate, { key }: Decision): boolean =>
  outcomes.some((outcome) => outcome !== (key === null ? 'left_out ' : `decided ${key}`))

/**
 * Finds the names of imports that decisions are about, and others that differ only in country or scheme. A name is cut at the
 * length up to which `decisionIdentity` normalizes names, since the normalization of a longer text may take minutes.
 */
const findNames = (
  tx: Transaction,
  ids: readonly string[],
  decisions: readonly Decision[],
): Promise<NameOnAnyDate[]> =>
  tx.query({
    text: `select import, resource, name, country, scheme, bool_and(coalesce(status = $5, false)) as "isResolvedByDate",
        coalesce(array_agg(distinct coalesce(status, '') || ' ' || coalesce(key, '')) filter (where status is distinct from $5), '{}')
          as outcomes
      from (
        select import, status, key, ${decidedColumns} from import_names where import = any($1::uuid[])
      ) as names(import, status, key, resource, name, country, scheme)
      where resource = any($2) and normalize(left(name, $4), nfc) = any($3)
      group by import, resource, name, country, scheme`,
    values: [
      ids,
      decisions.map(({ resource }) => resource),
      decisions.map(({ name }) => toNfc(maxNameLength)(name).trim()),
      4 * maxNameLength,
      'resolved_by_date' satisfies NameStatus,
    ],
  })

/**
 * Checks that decisions have an effect in an import whose file has been read.
 * @throws Problem `invalid-body` with a fault for each name that no row has, or that the registry resolves by the date in every
 *   row with the name.
 */
export async function checkEffect(
  tx: Transaction,
  id: string,
  decisions: readonly Decision[],
): Promise<void> {
  const names = new Map((await findNames(tx, [id], decisions)).map((name) => [decisionIdentity(name), name]))
  const faults = new FaultList()
  for (const [index, decision] of decisions.entries()) {
    const name = names.get(decisionIdentity(decision))
    if (name?.isResolvedByDate === false) continue
    const message = name
      ? `has no effect: in every row with ${quote(decision.name)}, the registry resolves it by the date of the row`
      : `no row of the import has the name ${quote(decision.name)} in ${decision.resource}: give name, country and scheme as the file and the mapping have them. Rows that are refused for another value do not count`
    faults.add(() => ({ pointer: `/decisions/${index}/name`, code: 'no_effect', message }))
  }
  if (faults.count > 0) throw invalidBody('list of decisions', faults)
}

/**
 * Starts the checks of imports again, even running ones, if a decision about one of their names is new or changed. Also does so if
 * their last check ran without the decision: the command line stores decisions without new checks. Rows that were refused for the
 * name may be ready now. An import whose file is still being read is checked later anyway. The caller has locked the imports
 * (`lockOpen`).
 * @param changed the identities of the decisions that were made anew or replaced another one.
 */
export async function checkAgain(
  tx: Transaction,
  scheme: string,
  decisions: readonly Decision[],
  changed: ReadonlySet<string>,
): Promise<void> {
  if (decisions.length === 0) return
  const decisionsByIdentity = new Map(decisions.map((decision) => [decisionIdentity(decision), decision]))
  const jobs = await tx.query<Pick<ImportJob, 'id'>>({
    text: `select id from imports
      where scheme = $1 and (state = 'staged' or (state = 'staging' and rows_read is not null))`,
    values: [scheme],
  })
  const ids = jobs.map(({ id }) => id)
  const concerned = (await findNames(tx, ids, decisions)).filter((name) => {
    const identity = decisionIdentity(name)
    const decision = decisionsByIdentity.get(identity)
    // A running check has not yet stored the statuses that follow from a changed decision.
    return decision && (changed.has(identity) || lacksDecision(name, decision))
  })
  await tx.query({
    text: `update imports set state = 'staging', done_through = 0, pass = pass + 1 where id = any($1::uuid[])`,
    values: [[...new Set(concerned.map((name) => name.import))]],
  })
}
