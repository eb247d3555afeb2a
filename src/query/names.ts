import { type SQL, sql } from 'drizzle-orm'
import { unionAll } from '../database/columns.ts'
import type { Statement } from '../database/statement.ts'
import type { Language } from '../model/languages.ts'
import type { Registry } from '../model/registry.ts'
import type { Reference } from '../model/schemas.ts'
import { statement } from './statement.ts'

/** Values of one kind of reference whose names are wanted: keys of countries, codes of topics. */
export interface NameLookup {
  reference: Reference
  values: string[]
}

function namesSql(registry: Registry, { reference }: NameLookup, index: number, language: Language): SQL {
  const { from, row, key, keyType, condition } = registry.referred(reference)
  const values = sql`${sql.placeholder(`values.${index}`)}::${sql.raw(keyType)}[]`
  return sql`select ${sql.raw(String(index))} as "index", ${key}::text as value, ${registry.nameIn(reference.resource, row, language)} as name from ${from} where ${key} = any(${values}) and ${condition}`
}

/**
 * The statement of the names of records: rows of `index` (in `wanted`), `value` and `name`. A value without a record
 * has no row.
 * @param wanted with values that have the form of the keys or properties that they refer to.
 */
export const namesStatement = (
  registry: Registry,
  wanted: readonly NameLookup[],
  language: Language,
): Statement =>
  statement(
    `names|${language}|${JSON.stringify(wanted.map(({ reference }) => reference))}`,
    () => unionAll(wanted.map((one, index) => namesSql(registry, one, index, language))),
    Object.fromEntries(wanted.map(({ values }, index) => [`values.${index}`, values])),
  )
