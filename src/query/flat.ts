import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { propertyJson } from '../model/document.ts'
import { ownProperties, type Resource } from '../model/resource.ts'
import { unwrapped } from '../model/schema-names.ts'
import type { Representation } from './representation.ts'

/**
 * The kind of a column's cells: numbers, free text, EDTF dates, codes (words, keys, tags and lists of them), JSON and
 * timestamps. Codes, JSON and timestamps always begin with a letter, digit or bracket.
 */
export type CellKind = 'number' | 'text' | 'code' | 'json' | 'date' | 'instant'

/** One column of a table of records. */
export interface FlatColumn {
  /** Path of the value in the record, joined by dots: `location.latitude`. */
  name: string
  kind: CellKind
  /** SQL expression of a cell, over the record's row: a number, a text or null. */
  cell: SQL
}

/** Alias of a participant, if each participant has a row of its own. */
const participant = sql.identifier('participant')

/** The property that lists the participants, or undefined. */
export const participantsProperty = (resource: Resource): string | undefined =>
  Object.entries(resource.bound).find(([, { field }]) => field.capability?.kind === 'participants')?.[0]

/** The properties of an object's schema; for a union, those of all variants. */
function getShape(schema: z.core.$ZodType): z.core.$ZodShape | undefined {
  if (schema instanceof z.ZodObject) return schema.shape
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return undefined
  return Object.assign({}, ...schema.options.map((option) => getShape(option) ?? {}))
}

function getCellKind(schema: z.core.$ZodType): CellKind {
  if (schema instanceof z.ZodNumber) return 'number'
  if (schema instanceof z.ZodEnum || schema instanceof z.ZodLiteral) return 'code'
  const { format } = (schema instanceof z.ZodType && schema.meta()) || {}
  if (format === 'uuid') return 'code'
  return format === 'edtf' ? 'date' : 'text'
}

const scalarColumn = (name: string, schema: z.core.$ZodType, value: SQL): FlatColumn => {
  const kind = getCellKind(schema)
  return { name, kind, cell: kind === 'number' ? sql`(${value})::numeric` : sql`(${value})::text` }
}

/** A list or object as compact JSON; null if it is empty. */
const jsonColumn = (name: string, json: SQL): FlatColumn => ({
  name,
  kind: 'json',
  cell: sql`nullif((${json})::text, '[]')`,
})

/** A list of codes: keys of other records, or tags. */
const wordsColumn = (name: string, list: SQL): FlatColumn => ({
  name,
  kind: 'code',
  cell: sql`nullif(array_to_string(${list}, '; '), '')`,
})

/** The participants as text: `CHN (donor); PAK (recipient)`. */
const participantsColumn = (name: string, json: SQL): FlatColumn => ({
  name,
  kind: 'code',
  cell: sql`(select string_agg(coalesce(one.value ->> 'country', one.value ->> 'region', one.value ->> 'organization') || ' (' || (one.value ->> 'role') || ')', '; ' order by one.ordinality) from json_array_elements(${json}) with ordinality one)`,
})

/** The columns of an object in a JSON value. */
const memberColumns = (name: string, shape: z.core.$ZodShape, json: SQL): FlatColumn[] =>
  Object.entries(shape).map(([member, schema]) => {
    const path = `${name}.${member}`
    const inner = unwrapped(schema)
    const value = sql`(${json}) ->> ${sql.raw(`'${member}'`)}`
    return inner instanceof z.ZodArray || getShape(inner)
      ? jsonColumn(path, value)
      : scalarColumn(path, inner, value)
  })

function propertyColumns(resource: Resource, name: string, schema: z.core.$ZodType): FlatColumn[] {
  const value = propertyJson(resource, name)
  if (name === 'createdAt' || name === 'updatedAt') return [{ name, kind: 'instant', cell: value }]
  const inner = unwrapped(schema)
  const shape = getShape(inner)
  if (shape) return memberColumns(name, shape, value)
  if (!(inner instanceof z.ZodArray)) return [scalarColumn(name, inner, value)]
  if (name === participantsProperty(resource)) return [participantsColumn(name, value)]
  if (getShape(inner.element)) return [jsonColumn(name, value)]
  const list = resource.bound[name]?.rows ? sql`array(select json_array_elements_text(${value}))` : value
  return [wordsColumn(name, list)]
}

/** The columns of a participant, if each participant has a row of its own. */
function participantColumns(resource: Resource, name: string): FlatColumn[] {
  const list = unwrapped(ownProperties(resource)[name] ?? z.never())
  const shape = list instanceof z.ZodArray ? getShape(list.element) : undefined
  return memberColumns(name, shape ?? {}, sql`${participant}.value`)
}

/** What gets a row: each record, or each participant of each record. */
export type RowPer = 'record' | 'participant'

/**
 * Returns the columns of a table of records. They depend on the resource's schema and not on the data, so that a table can
 * be streamed. An object becomes a column for each property, a list of codes one column joined by `; `, a list of objects
 * one column with JSON, and participants either one column, `CHN (party); PAK (party)`, or rows and columns of their own.
 */
export function flatColumns(
  resource: Resource,
  { fields, include }: Representation,
  per: RowPer = 'record',
): FlatColumn[] {
  const own = ownProperties(resource)
  const apart = per === 'participant' ? participantsProperty(resource) : undefined
  const columns = fields.flatMap((name) =>
    name === apart
      ? participantColumns(resource, name)
      : propertyColumns(resource, name, own[name] ?? z.never()),
  )
  const includes = include.length > 0 ? resource.includes() : {}
  const included = include.flatMap((name) => {
    const found = includes[name]
    return found ? [jsonColumn(name, found.json)] : []
  })
  return [...columns, ...included]
}

/** Returns the join that makes a row for each participant. Records without participants keep one row. */
export function participantRows(resource: Resource): { join: SQL; order: SQL } {
  const name = participantsProperty(resource)
  if (name === undefined) throw new Error(`${resource.name} have no participants`)
  return {
    join: sql` left join lateral json_array_elements(${propertyJson(resource, name)}) with ordinality ${participant} on true`,
    order: sql`, ${participant}.ordinality`,
  }
}
