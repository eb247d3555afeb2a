import type { Transaction } from '../../database/database.ts'
import { Problem } from '../../problems/problem.ts'
import { type ImportJob, type ImportState, requireImport } from './store.ts'

/** The imports of a register after a decision about a name: those whose commit has not begun are checked again. */

/**
 * Locks an import, and the imports of its register that may be checked again, until the transaction ends: in the order of their ids,
 * so that decisions in two of them do not wait for each other.
 * @throws Problem `not-found` if it does not exist.
 */
export async function lockWithRegister(tx: Transaction, id: string): Promise<ImportJob> {
  const { scheme } = await requireImport(tx, id)
  await tx.query({
    text: "select from imports where id = $1 or (scheme = $2 and state in ('staging', 'staged')) order by id for update",
    values: [id, scheme],
  })
  return requireImport(tx, id)
}

/** The states of an import to which decisions still apply. */
const statesBeforeCommit: readonly ImportState[] = ['uploaded', 'staging', 'staged']

/** @throws Problem `conflict` if decisions would not apply to an import. */
export function requireNotBegun({ state }: ImportJob): void {
  if (!statesBeforeCommit.includes(state))
    throw new Problem('conflict', `The import is ${state}: decisions would not apply to it.`)
}

/**
 * Starts the checks of the imports of a register again, even running ones: rows that were refused for a name may be ready now. An
 * import whose file is still being read is checked later anyway.
 */
export async function checkRegisterAgain(tx: Transaction, scheme: string): Promise<void> {
  await tx.query({
    text: `update imports set state = 'staging', done_through = 0, pass = pass + 1
      where scheme = $1 and (state = 'staged' or (state = 'staging' and rows_read is not null))`,
    values: [scheme],
  })
}
