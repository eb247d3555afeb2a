import type { Database, DatabaseClient, Transaction } from '../../database/database.ts'
import type { Registry } from '../../model/registry.ts'
import { type NameMatch, type NameQuery, type Resolution, resolveNames } from '../names/index.ts'
import { absent, type FindDecision, findDecisions } from './decisions.ts'
import type { ImportReport } from './job-schemas.ts'
import { mentionIdentity, mentionName } from './mentions.ts'
import { isCreatable } from './new-records.ts'
import type { ImportJob } from './store.ts'
import type { Mention } from './types.ts'

/** Resolves the names in an import, each once: by the decision of a person, or else by the names of the registry. */

/**
 * How a name was resolved: by the names of the registry (`resolved`, `resolved_by_date`), by a decision (`decided`, `left_out`),
 * by a record that the import creates (`made`, or `needed` while the commit creates it), or not at all. The key of `made` is null
 * until the record is created, and stays null if only refused rows have the name. The status is `record_gone` if the record of
 * the decision no longer exists. A decision has no date, so it does not apply if the status is `resolved_by_date`.
 */
export type NameStatus =
  | RegistryStatus
  | 'decided'
  | typeof leftOutStatus
  | 'made'
  | 'needed'
  | UndecidedStatus

/**
 * How the registry resolves a name: `resolved_by_date` if, without its date, the name would not be resolved, or would mean
 * another record.
 */
type RegistryStatus = Resolution['status'] | 'resolved_by_date'

/** The statuses of names that need a decision. */
export const undecidedStatuses = ['ambiguous', 'unresolved', 'record_gone'] as const

type UndecidedStatus = (typeof undecidedStatuses)[number]

/** The status of names whose values are left out, since somebody has decided that they have no record. */
export const leftOutStatus = 'left_out'

/** How a name of an import was resolved, and the key of its record; null if it has none. */
export interface NameResult {
  status: NameStatus
  key: string | null
}

/** A name of an import with its candidates, for a decision. */
export interface ImportName extends NameResult {
  mention: Mention
  rows: number
  candidates: NameMatch[]
}

/** Maximum number of names that are read from `import_names`, resolved and stored together. */
const batchSize = 1000

/** Maximum number of candidates of a name. */
export const maxCandidates = 3

/** Maximum number of names in memory before they are stored. */
const maxBuffered = 20_000

/** Collects the names of an import and stores each once, with the number of its rows. */
export class NameCollector {
  readonly #id: string
  #buffer = new Map<string, { mention: Mention; rows: number }>()

  constructor(id: string) {
    this.#id = id
  }

  /** Counts a row for each name that it mentions. Several records of the row may mention the same name. */
  add(mentions: readonly Mention[]): void {
    const counted = new Set<string>()
    for (const mention of mentions) {
      const identity = mentionIdentity(mention)
      if (counted.has(identity)) continue
      counted.add(identity)
      const known = this.#buffer.get(identity)
      if (known) known.rows += 1
      else this.#buffer.set(identity, { mention, rows: 1 })
    }
  }

  get isFull(): boolean {
    return this.#buffer.size >= maxBuffered
  }

  /** Stores the names collected since the last call. */
  async store(tx: Transaction): Promise<void> {
    if (this.#buffer.size === 0) return
    const entries = [...this.#buffer].sort(([one], [other]) => (one < other ? -1 : 1))
    this.#buffer = new Map()
    await tx.query({
      text: `insert into import_names (import, identity, mention, rows)
        select $1, * from unnest($2::text[], $3::json[], $4::int[])
        on conflict (import, identity) do update set rows = import_names.rows + excluded.rows`,
      values: [
        this.#id,
        entries.map(([identity]) => identity),
        entries.map(([, { mention }]) => JSON.stringify(mention)),
        entries.map(([, { rows }]) => rows),
      ],
    })
  }
}

/** A name with its identity (`mentionIdentity`). */
export interface MentionedName {
  identity: string
  mention: Mention
}

/** A resolved name: the key of its record, or the candidates. Without candidates, those of an earlier resolution stay. */
export interface ResolvedName extends NameResult {
  identity: string
  candidates?: NameMatch[]
}

/** Stores how names of an import were resolved. */
export async function storeResolved(
  tx: Transaction,
  id: string,
  resolved: readonly ResolvedName[],
): Promise<void> {
  await tx.query({
    text: `update import_names set status = given.status, key = given.key,
        candidates = coalesce(given.candidates, import_names.candidates)
      from unnest($2::text[], $3::text[], $4::text[], $5::json[]) as given(identity, status, key, candidates)
      where import = $1 and import_names.identity = given.identity`,
    values: [
      id,
      resolved.map(({ identity }) => identity),
      resolved.map(({ status }) => status),
      resolved.map(({ key }) => key),
      resolved.map(({ candidates }) =>
        candidates ? JSON.stringify(candidates.slice(0, maxCandidates)) : null,
      ),
    ],
  })
}

/**
 * Resolves the countries within which organizations are looked for, like any other name of the register.
 * @param findDecision returns the decision for the register about a name (`findDecisions`).
 * @returns the keys of the countries by their names in mentions.
 */
export async function findCountries(
  database: Pick<DatabaseClient, 'read'>,
  registry: Registry,
  mentions: readonly Mention[],
  findDecision: FindDecision,
): Promise<ReadonlyMap<string, string>> {
  const countryNames = [...new Set(mentions.flatMap(({ country }) => country ?? []))]
  if (countryNames.length === 0) return new Map()
  const names = countryNames.map((name) => ({ identity: name, mention: { resource: 'countries', name } }))
  const resolved = await resolveMentions(database, registry, names, findDecision)
  return new Map(resolved.flatMap(({ identity, key }) => (key === null ? [] : [[identity, key] as const])))
}

/** Converts a mention to a query of the resolver. @param countries the keys of countries by their names in mentions. */
export const toQuery = (mention: Mention, countries: ReadonlyMap<string, string>): NameQuery => ({
  resource: mention.resource,
  name: mentionName(mention),
  on: mention.on,
  country: countries.get(mention.country ?? ''),
  scheme: mention.scheme,
})

/** Resolves queries by the names of the registry. @returns the results in the order of the queries. */
async function resolveInRegistry(
  database: Pick<DatabaseClient, 'read'>,
  registry: Registry,
  queries: readonly NameQuery[],
): Promise<(Omit<Resolution, 'status'> & { status: RegistryStatus })[]> {
  const undated = queries.map((query) => ({ ...query, on: undefined }))
  const resolutions = await resolveNames(database, registry, [...queries, ...undated])
  return resolutions.slice(0, queries.length).map((resolution, index) => {
    const { status, match } = resolution
    const isByDate = status === 'resolved' && resolutions[queries.length + index]?.match?.key !== match?.key
    return isByDate ? { ...resolution, status: 'resolved_by_date' } : resolution
  })
}

/**
 * Resolves names: by the decisions for the register where they apply, otherwise by the names of the registry. A name whose
 * decided record is gone needs another decision, since nobody has chosen the record that now has this name.
 * @param findDecision returns the decision for the register about a name (`findDecisions`).
 * @returns the results in the order of the names.
 */
export async function resolveMentions(
  database: Pick<DatabaseClient, 'read'>,
  registry: Registry,
  names: readonly MentionedName[],
  findDecision: FindDecision,
): Promise<ResolvedName[]> {
  const queried = names.filter(({ mention }) => {
    const decided = findDecision(mention)
    return decided === undefined || decided === absent || mention.on !== undefined
  })
  const mentions = queried.map(({ mention }) => mention)
  const countries = await findCountries(database, registry, mentions, findDecision)
  const resolutions = await resolveInRegistry(
    database,
    registry,
    mentions.map((mention) => ({ ...toQuery(mention, countries), limit: maxCandidates })),
  )
  const found = new Map(queried.map(({ identity }, index) => [identity, resolutions[index]]))
  return names.map(({ identity, mention }): ResolvedName => {
    const { status = 'unresolved', match, candidates = [] } = found.get(identity) ?? {}
    const decided = status === 'resolved_by_date' ? undefined : findDecision(mention)
    if (decided === absent) return { identity, status: 'record_gone', key: null, candidates }
    if (decided !== undefined)
      return { identity, status: decided === null ? leftOutStatus : 'decided', key: decided, candidates: [] }
    const isCreated =
      status === 'unresolved' &&
      mention.create === true &&
      isCreatable(registry, mention, countries.get(mention.country ?? ''))
    return {
      identity,
      status: isCreated ? 'made' : status,
      key: match?.key ?? null,
      candidates,
    }
  })
}

/** SQL condition on names whose records have been removed or merged since the names were resolved. */
const recordIsGone = `key is not null and not exists (select from records
  where records.resource = mention ->> 'resource' and records.key = import_names.key and merged_into is null)`

/**
 * Resolves the names of an import, in batches, even those that an earlier call has resolved: the registry and the decisions may have
 * changed since.
 * @param onlyGone whether only names are resolved whose records have been removed or merged meanwhile, such as by the undo of another
 *   import. A commit needs this: it would refuse the rows with these names, even if their records can be created.
 * @throws the reason of `signal`, between two batches. The names that were resolved before stay stored.
 */
export async function resolveImportNames(
  database: Pick<Database, 'read' | 'transaction'>,
  registry: Registry,
  { id, scheme }: ImportJob,
  { signal, onlyGone = false }: { signal: AbortSignal; onlyGone?: boolean },
): Promise<void> {
  for (let after = ''; ; ) {
    signal.throwIfAborted()
    const names = await database.read<MentionedName>({
      text: `select identity, mention from import_names
        where import = $1 and identity > $2 ${onlyGone ? `and ${recordIsGone}` : ''} order by identity limit $3`,
      values: [id, after, batchSize],
    })
    const last = names.at(-1)
    if (!last) return
    after = last.identity
    const mentions = names.map(({ mention }) => mention)
    const findDecision = await findDecisions(database, registry, scheme, mentions)
    const resolved = await resolveMentions(database, registry, names, findDecision)
    await database.transaction((tx) => storeResolved(tx, id, resolved))
  }
}

/** Returns how mentions of an import were resolved, by their identities. */
export async function findNameResults(
  tx: Transaction,
  id: string,
  identities: ReadonlySet<string>,
): Promise<Map<string, NameResult>> {
  if (identities.size === 0) return new Map()
  const rows = await tx.query<NameResult & { identity: string }>({
    name: 'import names',
    text: 'select identity, status, key from import_names where import = $1 and identity = any($2)',
    values: [id, [...identities]],
  })
  return new Map(rows.map(({ identity, status, key }) => [identity, { status, key }]))
}

/** SQL of the values that identify a decision: the same name on different dates needs only one decision. */
export const decidedColumns = `mention ->> 'resource', coalesce(mention ->> 'name', mention ->> 'code'),
  mention ->> 'country', mention ->> 'scheme'`

/**
 * Lists the names with some statuses, most frequent first. A row that has a name with two dates, or both with and without `create`,
 * counts twice.
 * @param after the last name of the previous page.
 */
export function listNamesByStatus(
  tx: Transaction,
  id: string,
  statuses: readonly NameStatus[],
  { limit, after }: { limit: number; after?: { rows: number; identity: string } | undefined },
): Promise<(ImportName & { identity: string })[]> {
  return tx.query({
    text: `select min(identity) as identity, (array_agg(mention order by identity))[1] as mention, sum(rows)::int as rows,
        min(status) as status, null as key, (array_agg(coalesce(candidates, '[]') order by identity))[1] as candidates
      from import_names where import = $1 and status = any($2) group by ${decidedColumns}
      having $3::int is null or (sum(rows), min(identity)) < ($3, $4::text)
      order by sum(rows) desc, min(identity) desc limit $5`,
    values: [id, statuses, after?.rows, after?.identity, limit],
  })
}

/**
 * Counts the names that need a decision, and their rows: a row with two such names counts twice. Also counts the names whose
 * values are left out, if there are any.
 */
export async function countNames(tx: Transaction, id: string): Promise<ImportReport['names']> {
  const [row] = await tx.query<{ unresolved: number; rows: number; leftOut: number }>({
    text: `select count(distinct (${decidedColumns})) filter (where status = any($2))::int as unresolved,
        coalesce(sum(rows) filter (where status = any($2)), 0)::int as rows,
        count(distinct (${decidedColumns})) filter (where status = $3)::int as "leftOut"
      from import_names where import = $1 and (status = any($2) or status = $3)`,
    values: [id, undecidedStatuses, leftOutStatus],
  })
  const { unresolved = 0, rows = 0, leftOut = 0 } = row ?? {}
  return { unresolved, rows, ...(leftOut > 0 && { leftOut }) }
}
