import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { commaList, literal } from '../database/columns.ts'
import { enumLabels } from '../model/dimensions.ts'
import { propertyJson } from '../model/document.ts'
import type { Language } from '../model/languages.ts'
import type { Registry } from '../model/registry.ts'
import { getInclude, ownProperties, type Resource } from '../model/resource.ts'
import { unwrapped } from '../model/schema-names.ts'
import { references } from '../model/schemas.ts'
import type { Representation } from './representation.ts'

/**
 * The kind of a column's cells. Values of the kind `code`, JSON and timestamps begin with a letter, digit, bracket or brace, so
 * they are not formulas. JSON may have a formula after a `;` (`safe-csv.ts`).
 */
export type CellKind =
  | 'number'
  /** Free text. A single code, such as `PAK` or a language tag, counts as text, too. */
  | 'text'
  /** Enumeration values, UUIDs, and lists of codes, such as `CHN; PAK`. */
  | 'code'
  | 'json'
  /** An EDTF date. */
  | 'date'
  /** A timestamp. */
  | 'instant'

/** One column of a table of records. */
export interface FlatColumn {
  /** Names of the properties that lead to the value in the record, joined by dots: `location.latitude`. */
  name: string
  kind: CellKind
  /** SQL expression of a cell, over the record's row: a number, a text or null. */
  cell: SQL
  /**
   * Whether the expression reads other tables. An export evaluates it once per row, although its escaping refers to the value
   * several times.
   */
  isLookup?: boolean
}

/** SQL alias of a participant, if there is one row per participant. */
const participant = sql.identifier('participant')

/** Returns the property that lists the participants, or undefined. */
export const participantsProperty = (resource: Resource): string | undefined =>
  Object.entries(resource.boundFields).find(([, { field }]) => field.capability?.kind === 'participants')?.[0]

/** Returns the properties of an object's schema; for a union, the properties of all variants. */
function getPropertySchemas(schema: z.core.$ZodType): z.core.$ZodShape | undefined {
  if (schema instanceof z.ZodObject) return schema.shape
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return undefined
  return Object.assign({}, ...schema.options.map((option) => getPropertySchemas(option) ?? {}))
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

/** The column of a list or object as compact JSON; the cell is null for an empty list, and for the JSON value null. */
const jsonColumn = (name: string, json: SQL): FlatColumn => ({
  name,
  kind: 'json',
  cell: sql`nullif(nullif((${json})::text, '[]'), 'null')`,
})

/** The column of a list of codes: keys of other records, or language tags. */
const codesColumn = (name: string, list: SQL): FlatColumn => ({
  name,
  kind: 'code',
  cell: sql`nullif(array_to_string(${list}, '; '), '')`,
})

/** Returns the resource to which a schema refers, even if the reference is nullable or optional, or has a default. */
const referencedResource = (schema: z.core.$ZodType): string | undefined =>
  references.get(schema) ?? references.get(unwrapped(schema))

/** The registry and the language of the names that are added to columns. */
interface Naming {
  registry: Registry
  language: Language
}

/** SQL of the name of the record to which a value refers. */
const nameSql = ({ registry, language }: Naming, target: string, value: SQL): SQL =>
  registry.nameOf(target)(sql`(${value})::${sql.raw(registry.referencedRecords(target).keyType)}`, language)

/** The column of names that follows a column of codes. */
const nameColumn = (name: string, cell: SQL): FlatColumn => ({
  name: `${name}.name`,
  kind: 'text',
  cell,
  isLookup: true,
})

/** The column of the names of a list of codes. */
const namesColumn = (naming: Naming, name: string, target: string, list: SQL): FlatColumn =>
  nameColumn(
    name,
    sql`(select string_agg(${nameSql(naming, target, sql`listed.value`)}, '; ' order by listed.place) from unnest(${list}) with ordinality listed(value, place))`,
  )

/** The column of the participants by name: `China (Donor); Pakistan (Recipient)`. */
function participantNamesColumn(naming: Naming, name: string, resource: Resource, json: SQL): FlatColumn {
  const capability = resource.boundFields[name]?.field.capability
  const roleLabel = enumLabels(capability?.kind === 'participants' ? capability.roles : undefined)
  const listSchema = unwrapped(ownProperties(resource)[name] ?? z.never())
  const shape = (listSchema instanceof z.ZodArray && getPropertySchemas(listSchema.element)) || {}
  const names = Object.entries(shape).flatMap(([member, schema]) => {
    const target = referencedResource(schema)
    return target ? [nameSql(naming, target, sql`listed.value ->> ${literal(member)}`)] : []
  })
  return nameColumn(
    name,
    sql`(select string_agg(coalesce(${commaList(names)}) || ' (' || ${roleLabel(sql`(listed.value ->> 'role')`, naming.language)} || ')', '; ' order by listed.ordinality) from json_array_elements(${json}) with ordinality listed)`,
  )
}

/** The column of the participants by code: `CHN (donor); PAK (recipient)`. */
const participantsColumn = (name: string, json: SQL): FlatColumn => ({
  name,
  kind: 'code',
  cell: sql`(select string_agg(coalesce(listed.value ->> 'country', listed.value ->> 'region', listed.value ->> 'organization') || ' (' || (listed.value ->> 'role') || ')', '; ' order by listed.ordinality) from json_array_elements(${json}) with ordinality listed)`,
})

const memberText = (json: SQL, member: string) => sql`((${json}) ->> ${literal(member)})`

/**
 * Returns the column with the name of the record to which a member of an object refers, or no column if the member is not a
 * reference. For a union, the resource of the record depends on the variant that the object matches.
 */
function memberNameColumns(naming: Naming, name: string, member: string, schema: z.core.$ZodType, json: SQL) {
  const variants = schema instanceof z.ZodDiscriminatedUnion ? schema.options : [schema]
  const value = memberText(json, member)
  const cases = variants.flatMap((variant) => {
    const shape = getPropertySchemas(variant) ?? {}
    const target = shape[member] && referencedResource(shape[member])
    if (target === undefined) return []
    const literalChecks = Object.entries(shape).flatMap(([other, property]) =>
      property instanceof z.ZodLiteral
        ? [sql`${memberText(json, other)} = ${literal(String(property.value))}`]
        : [],
    )
    const condition = literalChecks.length > 0 ? sql.join(literalChecks, sql` and `) : sql`true`
    return [sql`when ${condition} then ${nameSql(naming, target, value)}`]
  })
  return cases.length > 0 ? [nameColumn(`${name}.${member}`, sql`(case ${sql.join(cases, sql` `)} end)`)] : []
}

/** The columns of an object in a JSON value. */
function memberColumns(name: string, schema: z.core.$ZodType, json: SQL, naming?: Naming): FlatColumn[] {
  return Object.entries(getPropertySchemas(schema) ?? {}).flatMap(([member, memberSchema]) => {
    const path = `${name}.${member}`
    const inner = unwrapped(memberSchema)
    const value = memberText(json, member)
    return inner instanceof z.ZodArray || getPropertySchemas(inner)
      ? [jsonColumn(path, value)]
      : [
          scalarColumn(path, inner, value),
          ...(naming ? memberNameColumns(naming, name, member, schema, json) : []),
        ]
  })
}

function propertyColumns(
  resource: Resource,
  name: string,
  schema: z.core.$ZodType,
  naming?: Naming,
): FlatColumn[] {
  const value = propertyJson(resource, name)
  if (name === 'createdAt' || name === 'updatedAt') return [{ name, kind: 'instant', cell: value }]
  const inner = unwrapped(schema)
  if (getPropertySchemas(inner)) return memberColumns(name, inner, value, naming)
  if (!(inner instanceof z.ZodArray)) {
    const target = naming && referencedResource(schema)
    const names = target ? [nameColumn(name, nameSql(naming, target, value))] : []
    return [scalarColumn(name, inner, value), ...names]
  }
  if (name === participantsProperty(resource)) {
    const names = naming ? [participantNamesColumn(naming, name, resource, value)] : []
    return [participantsColumn(name, value), ...names]
  }
  if (getPropertySchemas(inner.element)) return [jsonColumn(name, value)]
  const list = resource.boundFields[name]?.rows
    ? sql`array(select json_array_elements_text(${value}))`
    : value
  const target = naming && referencedResource(inner.element)
  return [codesColumn(name, list), ...(target ? [namesColumn(naming, name, target, list)] : [])]
}

/** The columns of a participant, if there is one row per participant. */
function participantColumns(resource: Resource, name: string, naming?: Naming): FlatColumn[] {
  const listSchema = unwrapped(ownProperties(resource)[name] ?? z.never())
  return listSchema instanceof z.ZodArray
    ? memberColumns(name, listSchema.element, sql`${participant}.value`, naming)
    : []
}

/** What a row of the table represents: a record, or one participant of a record. */
export type RowUnit = 'record' | 'participant'

/**
 * Returns the columns of a table of records. They depend on the resource's schema and not on the data, so that a table can
 * be streamed. An object becomes one column per property, a list of codes one column joined by `; `, a list of objects one
 * column with JSON, and participants either one column, `CHN (party); PAK (party)`, or separate rows and columns.
 * @param per what a row of the table represents.
 * @param language language of names. If given, each column of codes that refer to records is followed by a column of the names
 *   of these records, `….name`.
 * @throws Error for an unknown include.
 */
export function flatColumns(
  resource: Resource,
  { fields, include }: Representation,
  per: RowUnit = 'record',
  language?: Language,
): FlatColumn[] {
  const naming = language && { registry: resource.registry, language }
  const own = ownProperties(resource)
  const splitProperty = per === 'participant' ? participantsProperty(resource) : undefined
  const columns = fields.flatMap((name) =>
    name === splitProperty
      ? participantColumns(resource, name, naming)
      : propertyColumns(resource, name, own[name] ?? z.never(), naming),
  )
  return [...columns, ...include.map((name) => jsonColumn(name, getInclude(resource, name).json))]
}

/**
 * Returns the join and the order for one row per participant. A record without participants has one row.
 * @throws Error if the resource has no participants.
 */
export function participantRows(resource: Resource): { join: SQL; order: SQL } {
  const name = participantsProperty(resource)
  if (name === undefined) throw new Error(`${resource.name} have no participants`)
  return {
    join: sql` left join lateral json_array_elements(${propertyJson(resource, name)}) with ordinality ${participant} on true`,
    order: sql`, ${participant}.ordinality`,
  }
}
