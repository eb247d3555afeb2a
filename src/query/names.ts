import { type SQL, sql } from 'drizzle-orm'
import { literal, unionAll } from '../database/columns.ts'
import type { Statement } from '../database/statement.ts'
import type { Language } from '../model/languages.ts'
import type { Registry } from '../model/registry.ts'
import { placeholder, statement } from './statement.ts'

/** The keys of records whose names are requested, such as keys of countries. */
export interface NameLookup {
  resource: string
  keys: string[]
}

function namesSql(registry: Registry, { resource }: NameLookup, index: number, language: Language): SQL {
  const { from, alias, key, keyType } = registry.referencedRecords(resource)
  const values = sql`${placeholder(`values.${index}`)}::${sql.raw(keyType)}[]`
  return sql`select ${literal(index)} as "index", ${key}::text as value, ${registry.nameIn(resource, alias, language)} as name from ${from} where ${key} = any(${values})`
}

/**
 * Returns the statement that finds names of records: rows of `index` (in `lookups`), `value` and `name`. A value without a
 * record has no row.
 * @param lookups keys must have the form of the resource's keys.
 */
export const namesStatement = (
  registry: Registry,
  lookups: readonly NameLookup[],
  language: Language,
): Statement =>
  statement(
    `names|${language}|${lookups.map(({ resource }) => resource).join()}`,
    () => unionAll(lookups.map((lookup, index) => namesSql(registry, lookup, index, language))),
    Object.fromEntries(lookups.map(({ keys }, index) => [`values.${index}`, keys])),
  )
