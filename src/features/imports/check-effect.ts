import type { Transaction } from '../../database/database.ts'
import { invalidBody } from '../../operations/writing/validation.ts'
import { quote } from '../../problems/faults.ts'
import { FaultList } from '../../problems/problem.ts'
import { maxNameLength } from '../names/types.ts'
import type { Decision } from './decisions.ts'
import { decisionIdentity } from './mentions.ts'
import { decidedColumns, type NameStatus } from './names.ts'

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

/** Whether the last check has not found this decision about a name. */
export const lacksDecision = ({ outcomes }: NameOnAnyDate, { key }: Decision): boolean =>
  outcomes.some((outcome) => outcome !== (key === null ? 'left_out ' : `decided ${key}`))

/**
 * Finds the names of imports that decisions are about, and others that differ only in country or scheme. A name is cut at the
 * length up to which `decisionIdentity` normalizes names, since the normalization of a longer text may take minutes.
 */
export const findNames = (
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
      decisions.map(({ name }) => name.normalize('NFC').trim()),
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
      : `no row of the import has the name ${quote(decision.name)} in ${decision.resource}: give name, country and scheme as the file and the mapping have them`
    faults.add(() => ({ pointer: `/decisions/${index}/name`, code: 'no_effect', message }))
  }
  if (faults.count > 0) throw invalidBody('list of decisions', faults)
}
