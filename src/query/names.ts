import { type SQL, sql } from 'drizzle-orm'
import { unionAll } from '../database/columns.ts'
import type { Statement } from '../database/statement.ts'
import type { Language } from '../model/languages.ts'
import type { Registry } from '../model/registry.ts'
import type { Reference } from '../model/schemas.ts'
import { statement } from './statement.ts'

/** The values of one kind of reference whose names are requested, such as keys of countries. */
export interface NameLookup {
  reference: Reference
  values: string[]
}

function namesSql(registry: Registry, { reference }: NameLookup, index: number, language: Language): SQL {
  const { from, row, key, keyType, condition } = registry.referencedRecords(reference)
  const values = sql`${sql.placeholder(`values.${index}`)}::${sql.raw(keyType)}[]`
  return sql`select ${sql.raw(String(index))} as "index", ${key}::text as value, ${registry.nameIn(reference.resource, row, language)} as name from ${from} where ${key} = any(${values}) and ${condition}`
}

/**
 * Returns the statement that finds names of records: rows of `index` (in `lookups`), `value` and `name`. A value without a
 * record has no row.
 * @param lookups values must have the form of the referenced keys or properties.
 */
export const namesStatement = (
  registry: Registry,
  lookups: readonly NameLookup[],
  language: Language,
): Statement =>
  statement(
    `names|${language}|${JSON.stringify(lookups.map(({ reference }) => reference))}`,
    () => unionAll(lookups.map((lookup, index) => namesSql(registry, lookup, index, language))),
    Object.fromEntries(lookups.map(({ values }, index) => [`values.${index}`, values])),
  )
