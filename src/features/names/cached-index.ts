import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { LRUCache } from 'lru-cache'
import { columnOf } from '../../database/columns.ts'
import type { Transaction } from '../../database/database.ts'
import { records } from '../../database/tables/records.ts'
import { belongsTo, type Resource } from '../../model/resource.ts'
import { statement } from '../../query/statement.ts'
import type { AmbiguousName, NamedRecord, NameEntry } from './entries.ts'
import { NameIndex } from './name-index.ts'
import { kindReasons, listedNames, type NameList, type Translations } from './name-lists.ts'
import { parseYear } from './years.ts'

/** Cached indexes of all names of the resources with natural keys: countries, regions, topics. */

/** What an index needs of a record: its names, codes, years and successors. */
interface Row {
  key: string
  name: string
  otherName: string | null
  aliases: { name: string }[]
  alpha2?: string | null
  numeric?: string | null
  validFrom?: string | null
  validTo?: string | null
  successors?: string[]
  scheme?: string | null
  code?: string | null
}

/**
 * Indexes by the fingerprint of the records from which they were built. Readers with and without a role see different
 * records, so each of the three resources has up to two current indexes, of some megabytes each.
 */
const indexes = new LRUCache<string, NameIndex>({ max: 8 })

/** Words that do not distinguish the names of a resource. */
const ignoredWords = new Map([['regions', new Set(['regional', 'region', 'unspecified'])]])

/** Returns the index of a resource, from memory while none of its records has changed. */
export async function cachedNameIndex(tx: Transaction, resource: Resource): Promise<NameIndex> {
  const fingerprint = await readFingerprint(tx, resource)
  const known = indexes.get(fingerprint)
  if (known) return known
  const rows = await tx.query<Row>(rowsStatement(resource))
  const { list, translated } = await listedNames(resource.name)
  const index = await buildIndex(resource, rows, list, translated)
  indexes.set(fingerprint, index)
  return index
}

/**
 * Returns a hash of what an index depends on: the search path of the reader, and the visible records. It is the same on a
 * primary and its replicas. The latest `updated_at` does not suffice, since a transaction may commit after another one with a
 * later time.
 */
async function readFingerprint(tx: Transaction, resource: Resource): Promise<string> {
  const build = () => sql`select concat_ws(' ', current_setting('search_path'),
      sum(hash_record_extended((${records.key}, ${records.version}, ${records.updatedAt}), 0))) as fingerprint
    from ${records} where ${belongsTo(records.resource, resource.name)}`
  const [row] = await tx.query<{ fingerprint: string }>(
    statement(`names fingerprint|${resource.name}`, build, {}),
  )
  return createHash('sha256').update(`${resource.name} ${row?.fingerprint}`).digest('base64url')
}

function rowsStatement(resource: Resource) {
  const { table, key, name, registry } = resource
  const { search } = registry.declaration(name)
  const otherName = search.otherName === undefined ? sql`null::text` : columnOf(table, search.otherName)
  const aliases = search.hasAliases ? columnOf(table, 'aliases') : sql`'[]'::jsonb`
  const extraColumns = () => {
    if (name === 'topics')
      return sql`, ${columnOf(table, 'scheme')} as scheme, ${columnOf(table, 'code')} as code`
    if (name !== 'countries') return sql``
    const [successors] = registry.fieldTables({ resource: name, name: 'successors' })
    return sql`, ${columnOf(table, 'alpha2')} as alpha2, ${columnOf(table, 'numeric')} as numeric,
      ${columnOf(table, 'validFrom')} as "validFrom", ${columnOf(table, 'validTo')} as "validTo",
      array(select target from ${successors} where record = ${resource.id} order by position) as successors`
  }
  const build =
    () => sql`select ${key.column} as key, ${columnOf(table, search.title)} as name, ${otherName} as "otherName",
    ${aliases} as aliases${extraColumns()} from ${table} order by ${key.column}`
  return statement(`names|${name}`, build, {})
}

const toRecord = ({ name: resource }: Resource, row: Row, list: NameList): NamedRecord => {
  const { key, name, scheme, code, alpha2, numeric, successors } = row
  return {
    key,
    name,
    scheme,
    codes: {
      key: key.toUpperCase(),
      ...(resource === 'countries' && { alpha3: key }),
      ...(alpha2 && { alpha2 }),
      ...(numeric && { numeric }),
      ...(scheme && code && { [scheme]: code.toUpperCase() }),
    },
    from: parseYear(row.validFrom),
    to: parseYear(row.validTo),
    ...(successors && { successors }),
    responsibleState: list.territories.find(({ code: territory }) => territory === key)?.state,
  }
}

/** Returns the names that the record itself has, without the names in the lists. */
function ownNames(row: Row, record: NamedRecord): NameEntry[] {
  const rank = record.to === undefined ? 0 : 1
  const alias = (text: string): NameEntry => ({ record, text, reason: 'alias', rank })
  const others = [...(row.otherName === null ? [] : [row.otherName]), ...row.aliases.map(({ name }) => name)]
  return [{ record, text: row.name, reason: 'exact', rank }, ...others.map(alias)]
}

function buildIndex(
  resource: Resource,
  rows: Row[],
  list: NameList,
  translated: Translations,
): Promise<NameIndex> {
  const byKey = new Map(rows.map((row) => [row.key, { row, record: toRecord(resource, row, list) }]))
  const entries = [...byKey.values()].flatMap(({ row, record }) => ownNames(row, record))
  for (const [key, languages] of Object.entries(translated)) {
    const record = byKey.get(key)?.record
    if (!record) continue
    for (const text of Object.values(languages).flat())
      entries.push({ record, text, reason: 'alias', rank: 0 })
  }
  for (const { name: text, code, kind, from, to } of list.names) {
    const record = byKey.get(code)?.record
    // A registry that was seeded by an earlier version may lack a former state.
    if (record)
      entries.push({
        record,
        text,
        reason: kindReasons[kind],
        rank: 1,
        from,
        to,
        isOnlyInPeriod: kind === 'dated',
      })
  }
  const ambiguous = new Map<string, AmbiguousName>(
    list.ambiguous.map(({ name, codes: keys, why, within, before }) => [
      name,
      { keys, detail: why, onlyInSourcesAbout: within, earlierMeaning: before },
    ]),
  )
  const all = [...byKey.values()].map(({ record }) => record)
  return NameIndex.build(all, entries, ambiguous, ignoredWords.get(resource.name))
}
