import type { z } from 'zod'
import { findOrderFault } from '../../../model/date-order.ts'
import type { Registry } from '../../../model/registry.ts'
import type { Resource } from '../../../model/resource.ts'
import { externalId, line, prose } from '../../../model/schemas.ts'
import { webAddress } from '../../../model/web-address.ts'
import { FaultList } from '../../../problems/problem.ts'
import { capitalize, toSentence } from '../../../wording.ts'
import { citationLimits } from '../citation-limits.ts'
import type { ConvertedRow, Draft, FileInfo, JsonObject, JsonValue, Row, RowFault } from '../types.ts'
import type { CompanionRows } from './companion-rows.ts'
import { compileConditions } from './condition.ts'
import { type ColumnUse, CompileContext, type ReadPath } from './context.ts'
import { Conversion } from './conversion.ts'
import { compileEach } from './each.ts'
import { type Scope, toText, valuesAt } from './path.ts'
import { compileProperty, type PropertyPlan } from './property.ts'
import { type RowLimits, TooManyOperations } from './row-limits.ts'
import type { Mapping, RecordMapping } from './schema.ts'
import { getTarget, isRequired } from './target.ts'
import { toSteps } from './value.ts'
import { BadValue } from './values/bad-value.ts'
import { DateNotations } from './values/date-notations.ts'
import { NumberNotations } from './values/number-notations.ts'

/** A compiled mapping. */
export interface CompiledMapping {
  /** Converts a row to drafts, or says why it is refused or skipped. */
  convert(row: Row): ConvertedRow
  /** The faults of the mapping. */
  faults: FaultList
  /** The columns of the file that the mapping names. */
  columns: readonly ColumnUse[]
  /** The paths that the mapping reads. */
  readPaths: readonly ReadPath[]
  /** Compares the notations of the numbers in the converted rows. */
  numberNotations: NumberNotations
  /** Compares the notations of the dates in the converted rows. */
  dateNotations: DateNotations
}

/**
 * Compiles a mapping that the schema of mappings accepts. The result has the faults that this finds: they are not thrown.
 * @param files what is known of the file with the rows, and the companion files by key; absent to check only the mapping.
 */
export function compileMapping(
  mapping: Mapping,
  registry: Registry,
  files?: { fileInfo: FileInfo; companions: ReadonlyMap<string, CompanionRows> },
): CompiledMapping {
  const faults = new FaultList()
  const columns: ColumnUse[] = []
  const readPaths: ReadPath[] = []
  const numberNotations = new NumberNotations()
  const dateNotations = new DateNotations()
  const empty = new Set((mapping.empty ?? []).map((word) => word.trim()))
  const context = new CompileContext({
    mapping,
    registry,
    companions: files?.companions,
    fileColumns: files?.fileInfo.columns ?? [],
    dateSystem: files?.fileInfo.dateSystem ?? '1900',
    faults,
    columns,
    readPaths,
    empty,
    numberNotations,
    dateNotations,
  })
  const join = compileJoins(mapping, context)
  const findUnmet = compileConditions(mapping, context)
  const records = Object.entries(mapping.records).flatMap(([resource, entry]) =>
    [entry]
      .flat()
      .map((record, index) =>
        compileRecord(
          resource,
          record,
          Array.isArray(entry) ? context.at('records', resource, index) : context.at('records', resource),
        ),
      ),
  )
  const convertWithin = (row: Row, conversion: Conversion): ConvertedRow => {
    const { limits } = conversion
    // A row with a fault is joined, too, so that its rows of joined files do not count as unmatched.
    const values = join(row.values, limits)
    const scope: Scope = { row: values, item: values, limits }
    // The ids of a row with a fault are not read, since its values may be in the wrong columns.
    if (row.fault) return { kind: 'refused', faults: [row.fault] }
    // The records of a skipped row are collected, too, since a record that the file has is not missing (`missing.ts`).
    const skip = (reason: string): ConvertedRow => {
      const skipped = new Conversion()
      for (const { addRecords } of records) addRecords(scope, skipped)
      return { kind: 'skipped', reason, records: skipped.records }
    }
    const unmet = findUnmet(scope)
    if (unmet !== undefined) return skip(`when: ${unmet}`)
    const drafts = records.flatMap(({ build }) => build(scope, row, conversion))
    if (conversion.faults.length > 0)
      return { kind: 'refused', faults: distinctFaults(conversion.faults), records: conversion.records }
    if (drafts.length === 0)
      return skip('the mapping makes no record from this row: when or each leaves out every record')
    return { kind: 'drafts', drafts, dropped: conversion.dropped }
  }
  const convert = (row: Row): ConvertedRow => {
    const conversion = new Conversion()
    try {
      return convertWithin(row, conversion)
    } catch (error) {
      if (!(error instanceof TooManyOperations)) throw error
      const fault = { column: '', value: '', detail: error.message }
      return {
        kind: 'refused',
        faults: [...distinctFaults(conversion.faults), fault],
        records: conversion.records,
      }
    }
  }
  return { convert, faults, columns, readPaths, numberNotations, dateNotations }
}

/** Returns faults without repetitions: if several properties read a column with a fault, each reports the same fault. */
const distinctFaults = (faults: readonly RowFault[]): RowFault[] => [
  ...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values(),
]

/** Compiles `join`: each joined file adds a list to a row. */
function compileJoins(
  mapping: Mapping,
  context: CompileContext,
): (values: JsonObject, limits: RowLimits) => JsonObject {
  const joins = Object.entries(mapping.join ?? {}).map(([name, { file, key, equals, rows }]) => {
    const joinContext = context.at('join', name)
    const companion = joinContext.companionFile(file, rows)
    const path = joinContext.at('equals').compilePath(equals)
    if (companion && companion.columns.length > 0 && !companion.columns.includes(key)) {
      joinContext.at('key').addMissingColumn(file, key, companion.columns)
    }
    companion?.expectJoin(key)
    return { name, key, path, companion }
  })
  if (joins.length === 0) return (values) => values
  return (values, limits) => {
    const joined: Record<string, JsonValue> = { ...values }
    for (const { name, key, path, companion } of joins) {
      const [first = null] = path ? valuesAt(path, { row: values, item: values, limits }) : []
      const text = toText(first)
      joined[name] = text === undefined ? [] : (companion?.join(key, text) ?? [])
    }
    return joined
  }
}

/** The compiled mapping of a record. */
interface RecordPlan {
  build(scope: Scope, row: Row, conversion: Conversion): Draft[]
  /** Adds the records to `conversion.records`, including those that `when` leaves out. */
  addRecords(scope: Scope, conversion: Conversion): void
}

const repeatedId = 'Another record of the row has the same id: give each record an id of its own.'

/** The compiled properties of a record, in the order in which they are converted. */
type PropertyPlans = ReadonlyMap<string, PropertyPlan>

/**
 * Compiles the properties of a record.
 * @param first the property that is converted first; undefined for the order of the mapping.
 */
function compileProperties(
  { properties }: RecordMapping,
  { document }: Resource,
  context: CompileContext,
  first: string | undefined,
): PropertyPlans {
  const plans = new Map<string, PropertyPlan>()
  for (const name of new Set([...(first === undefined ? [] : [first]), ...Object.keys(properties)])) {
    const schema = document.shape[name]
    const property = properties[name]
    if (!schema || property === undefined) continue
    plans.set(name, compileProperty(property, getTarget(schema), context.at('properties', name)))
  }
  return plans
}

/**
 * Reports each date that is certainly before a date that it must not precede, such as an end before its start, and sets it to
 * null. So it is also removed from an existing record: the end that an earlier file has set may be before the new start, too.
 */
function dropDisorder(
  properties: PropertyPlans,
  { fields }: Resource,
  body: Record<string, JsonValue>,
  conversion: Conversion,
): void {
  for (const [name, plan] of properties) {
    const fault = findOrderFault(fields, body, name)
    if (fault === undefined) continue
    const detail = new BadValue(toSentence(capitalize(fault)))
    conversion.reportBadValue(plan.onBadValue, plan.column, body[name] ?? null, detail)
    body[name] = null
  }
}

function compileRecord(resourceName: string, mapping: RecordMapping, outer: CompileContext): RecordPlan {
  const resource = outer.registry.get(resourceName)
  // The event date is converted first: names of countries are resolved as of that date.
  const [eventDate] = outer.registry.declaration(resourceName).eventDates ?? []
  const each = compileEach(mapping.each, outer)
  const { context } = each
  const findUnmet = compileConditions(mapping, context)
  const id = compileProperty(mapping.id, getTarget(externalId.shape.id), context.at('id'))
  const properties = compileProperties(mapping, resource, context, eventDate)
  const { shape } = resource.document
  const required = Object.entries(shape).flatMap(([name, schema]) => (isRequired(schema) ? [name] : []))
  for (const name of required) {
    if (!properties.has(name))
      context.at('properties').addFault(`needs ${name}, which every record of ${resourceName} must have`)
  }
  const ends = [...properties].filter(
    ([name, { column }]) => column !== '' && resource.fields[name]?.notBefore !== undefined,
  )
  const dateColumns = Object.fromEntries(ends.map(([name, { column }]) => [name, column]))
  const cite = compileCitation(context)
  const readId = (scope: Scope, conversion: Conversion) => {
    const rowId = id.build(scope, conversion)
    if (typeof rowId !== 'string') return undefined
    const externalId = { scheme: context.mapping.scheme, id: rowId }
    return { externalId, isNew: conversion.addRecord({ resource: resourceName, externalId }) }
  }
  const build = (scope: Scope, row: Row, rowConversion: Conversion): Draft[] => {
    if (findUnmet(scope) !== undefined) return []
    const conversion = new Conversion(rowConversion)
    const faultsBefore = conversion.faults.length
    const { externalId, isNew } = readId(scope, conversion) ?? {}
    if (!externalId && conversion.faults.length === faultsBefore) {
      conversion.reportBadValue(
        'refuse',
        id.column,
        null,
        new BadValue('The record has no id: the value is empty or was dropped.'),
      )
    }
    if (externalId && !isNew)
      conversion.reportBadValue('refuse', id.column, externalId.id, new BadValue(repeatedId))
    const body: Record<string, JsonValue> = {}
    const empty: string[] = []
    for (const [name, plan] of properties) {
      const droppedBefore = conversion.dropped.length
      const value = plan.build(scope, conversion)
      if (value !== undefined) body[name] = value
      else if (conversion.dropped.length === droppedBefore) empty.push(name)
      if (name === eventDate && typeof value === 'string') conversion.eventDate = value
    }
    dropDisorder(properties, resource, body, conversion)
    // A fault that is already reported may be why a value is missing.
    const missing =
      conversion.faults.length > faultsBefore ? [] : required.filter((name) => body[name] === undefined)
    for (const name of missing) {
      const plan = properties.get(name)
      const detail = `There is no ${name}, which every record of ${resourceName} must have: the value is empty or was dropped.`
      conversion.reportBadValue('refuse', plan?.column || name, null, new BadValue(detail))
    }
    if (!externalId || conversion.faults.length > faultsBefore) return []
    return [
      {
        resource: resourceName,
        externalId,
        ...conversion.finish(body),
        ...(empty.length > 0 && { empty }),
        ...(ends.length > 0 && { dateColumns }),
        citation: cite(scope, row, conversion),
      },
    ]
  }
  return {
    build: (scope, row, conversion) =>
      each.scopes(scope, conversion, 'refuse').flatMap((inner) => build(inner, row, conversion)),
    addRecords: (scope, conversion) => {
      for (const inner of each.scopes(scope, conversion)) readId(inner, conversion)
    },
  }
}

/** Removes the start of a long locator, since its end identifies the row. */
const keepEnd = (locator: string) =>
  locator.length > citationLimits.locator
    ? `…${locator.slice(1 - citationLimits.locator).toWellFormed()}`
    : locator

const citationSchemas: Record<'url' | 'locator' | 'quote' | 'note', z.ZodType> = {
  url: webAddress(),
  locator: line(citationLimits.locator),
  // `quote` becomes the property `excerpt` of the citation, which is one line.
  quote: line(citationLimits.quote),
  note: prose(citationLimits.note),
}

/** Compiles `citation` of a mapping. A bad value in it is dropped and never refuses a row. */
function compileCitation(context: CompileContext) {
  const { citation = {} } = context.mapping
  const names = ['url', 'locator', 'quote', 'note'] as const
  const plans = names.flatMap((name) => {
    const mapping = citation[name]
    if (mapping === undefined) return []
    const steps = { ...toSteps(mapping), onBadValue: 'drop' as const }
    return [
      [
        name,
        compileProperty(steps, getTarget(citationSchemas[name]), context.shared('citation', name)),
      ] as const,
    ]
  })
  return (scope: Scope, row: Row, conversion: Conversion): Draft['citation'] => {
    const cited: { locator: string; url?: string; quote?: string; note?: string } = {
      locator: keepEnd(row.locator),
    }
    for (const [name, plan] of plans) {
      const value = plan.build(scope, conversion)
      if (typeof value === 'string') cited[name] = value
    }
    return cited
  }
}
