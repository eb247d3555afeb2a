import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '../../database/database.ts'
import { dialect } from '../../database/dialect.ts'
import { pointerOf } from '../../problems/faults.ts'
import type { Fault } from '../../problems/problem.ts'
import { type Reference, references } from '../../resources/values.ts'

/** A value that refers to another record, and where it stands. */
export interface Mention {
  path: PropertyKey[]
  value: string
  reference: Reference
}

/**
 * The values in a document that refer to other records, found by walking its schema beside it.
 * @param document need not be valid: what does not fit the schema is passed over.
 */
export function mentionsIn(schema: z.core.$ZodType, document: unknown, path: PropertyKey[] = []): Mention[] {
  const reference = references.get(schema)
  if (reference) return typeof document === 'string' ? [{ path, value: document, reference }] : []
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) {
    return mentionsIn(schema.unwrap(), document, path)
  }
  if (schema instanceof z.ZodArray && Array.isArray(document)) {
    return document.flatMap((item, at) => mentionsIn(schema.element, item, [...path, at]))
  }
  if (schema instanceof z.ZodDiscriminatedUnion) {
    return schema.options.flatMap((option) =>
      fitsVariant(option, document) ? mentionsIn(option, document, path) : [],
    )
  }
  if (schema instanceof z.ZodObject && typeof document === 'object' && document !== null) {
    const values = new Map(Object.entries(document))
    return Object.entries(schema.shape).flatMap(([key, inner]) =>
      mentionsIn(inner, values.get(key), [...path, key]),
    )
  }
  return []
}

/** Whether the literals of a variant of a union are those of the document. */
function fitsVariant(option: z.core.$ZodType, document: unknown): boolean {
  if (!(option instanceof z.ZodObject) || typeof document !== 'object' || document === null) return false
  const values = new Map(Object.entries(document))
  return Object.entries(option.shape).every(
    ([key, inner]) => !(inner instanceof z.ZodLiteral) || inner.values.has(values.get(key)),
  )
}

function missingQuery(mentions: Mention[]): SQL {
  return sql.join(
    mentions.map(({ value, reference: { column, only } }, at) => {
      const narrowed = only ? sql` and ${only}` : sql``
      return sql`select ${at}::int as at where not exists (select from ${column.table} where ${column}::text = ${value}${narrowed})`
    }),
    sql` union all `,
  )
}

/**
 * The faults of a document's references that lead to no record.
 * @param known says of what is referred to that it would be there if all had been written.
 */
export async function danglingReferences(
  client: Transaction,
  schema: z.ZodType,
  document: unknown,
  known: (mention: Mention) => boolean = () => false,
): Promise<Fault[]> {
  const mentions = mentionsIn(schema, document).filter((mention) => !known(mention))
  if (mentions.length === 0) return []
  const { sql: text, params } = dialect.sqlToQuery(missingQuery(mentions))
  const rows = await client.query<{ at: number }>({ text, values: params })
  return rows.flatMap(({ at }) => {
    const mention = mentions[at]
    if (!mention) return []
    const message = `there is no "${mention.value}" in ${mention.reference.resource}`
    return [{ pointer: pointerOf(mention.path), code: 'dangling_reference', message }]
  })
}
