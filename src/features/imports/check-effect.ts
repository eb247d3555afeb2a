import type { Transaction } from '../../database/database.ts'
import { invalidBody } from '../../operations/writing/validation.ts'
import { quote } from '../../problems/faults.ts'
import { FaultList } from '../../problems/problem.ts'
import { decisionIdentity } from './mentions.ts'
import { type Decision, decidedColumns } from './names.ts'

/** A name of an import, on all dates. */
interface NameOnAnyDate {
  resource: string
  name: string
  country: string | null
  scheme: string | null
  /** Whether the registry resolves it by the date in each row. Decisions do not apply there (`resolveMentions`). */
  isResolvedByDate: boolean
}

/** Finds the names of an import that decisions are about. The length that is normalized is that of `decisionIdentity`. */
const findNames = (tx: Transaction, id: string, decisions: readonly Decision[]): Promise<NameOnAnyDate[]> =>
  tx.query({
    text: `select resource, name, country, scheme, bool_and(is_resolved_by_date) as "isResolvedByDate" from (
        select ${decidedColumns}, coalesce(status = 'resolved' and mention ->> 'on' is not null, false)
          from import_names where import = $1
      ) as names(resource, name, country, scheme, is_resolved_by_date)
      where resource = any($2) and normalize(left(name, 2000), nfc) = any($3)
      group by resource, name, country, scheme`,
    values: [
      id,
      decisions.map(({ resource }) => resource),
      decisions.map(({ name }) => name.normalize('NFC').trim()),
    ],
  })

/**
 * Checks that decisions have an effect in an import whose file has been read.
 * @throws Problem `invalid-body` with a fault for each name that no row has, or that the registry resolves by the date in each
 *   of its rows.
 */
export async function checkEffect(
  tx: Transaction,
  id: string,
  decisions: readonly Decision[],
): Promise<void> {
  const names = new Map((await findNames(tx, id, decisions)).map((name) => [decisionIdentity(name), name]))
  const faults = new FaultList()
  for (const [index, decision] of decisions.entries()) {
    const name = names.get(decisionIdentity(decision))
    if (name?.isResolvedByDate === false) continue
    const message = name
      ? `has no effect: the registry resolves ${quote(decision.name)} by the date in each of its rows`
      : `no row of the import has the name ${quote(decision.name)} in ${decision.resource}: take resource, name, country and scheme from the list of names`
    faults.add(() => ({ pointer: `/decisions/${index}/name`, code: 'no_effect', message }))
  }
  if (faults.count > 0) throw invalidBody('list of decisions', faults)
}
