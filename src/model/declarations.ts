import { getTableConfig } from 'drizzle-orm/pg-core'
import { snakeCase } from '../database/columns.ts'
import * as commonTables from '../database/tables/index.ts'
import { checkValue, describeFault } from '../problems/faults.ts'
import { didYouMean } from '../problems/suggest.ts'
import { propertiesOf, recordProperties } from './document.ts'
import type { ColumnBuilders, Fields } from './field.ts'
import { referenceProperties } from './reference-properties.ts'
import type { Registry } from './registry.ts'
import type { Resource, ResourceDeclaration } from './resource.ts'
import { combiningWords } from './searchable.ts'

/**
 * Checks of the declarations of resources, which run while the registry is built. The message of an error begins with the
 * part that is wrong, and ends with what to change.
 */

/** A wrong declaration. The message begins with the part that is wrong, such as the path of a property. */
class DeclarationError extends Error {}

/** Names of one kind, such as those of filters, and the part of a declaration that uses them, such as a property. */
type OwnedNames = readonly [owner: string, names: readonly string[]]

/** A part of a declaration, and what it contributes, by names. */
type Contribution<T> = readonly [owner: string, named: Readonly<Record<string, T>> | undefined]

/**
 * The names of the parameters that requests send together with filters. No filter may have one of these names, since parameters and
 * filters are in the same query string.
 * `asOf` is not listed: if a filter has this name, the parameter is called `registryAsOf`.
 */
export const requestParameters: OwnedNames = [
  'the parameters of requests',
  [
    ...['sort', 'fields', 'include', 'limit', 'cursor', 'count', 'lang', 'registryAsOf'],
    ...['groupBy', 'measures', 'having', 'top'],
    ...['format', 'names', 'per'],
  ],
]

/** The words that combine conditions in a search, which no filter or searchable list of a record (`Collection`) may have as its name. */
export const conditionWords: OwnedNames = ['the conditions of searches', combiningWords]

/** The property of a response that has the names of other records. It is not a property of the record. */
const namesProperty = 'names'

/** Refuses two things of a kind with the same name. @throws Error that names both owners. */
export function requireDistinct(kind: string, used: readonly OwnedNames[]): void {
  const owners = new Map<string, string>()
  for (const [owner, names] of used) {
    for (const name of names) {
      const other = owners.get(name)
      if (other !== undefined)
        throw new DeclarationError(
          `${owner}: the ${kind} "${name}" already belongs to ${other}; give one of them another name`,
        )
      owners.set(name, owner)
    }
  }
}

/**
 * Combines what the parts of a declaration contribute.
 * @param kind what the names stand for, such as `filter`, for the message of the error.
 * @param reserved names that no part may use.
 * @throws Error if two parts use the same name, or a part uses a reserved one.
 */
export function combine<T>(
  kind: string,
  contributions: readonly Contribution<T>[],
  reserved: readonly OwnedNames[] = [],
): Record<string, T> {
  const used = contributions.map(([owner, named]): OwnedNames => [owner, Object.keys(named ?? {})])
  requireDistinct(kind, [...reserved, ...used])
  return Object.assign({}, ...contributions.map(([, named]) => named ?? {}))
}

/** Runs a function of a property's field. @throws its error, with the property's path in front: `facilities.ports.kind: …`. */
export function inProperty<T>(path: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const separator = error instanceof DeclarationError ? '.' : ': '
    throw new DeclarationError(`${path}${separator}${error.message}`, { cause: error })
  }
}

/** Words in snake_case, and codes of standards such as IATI. */
const wordPattern = /^([a-z0-9]+(_[a-z0-9]+)*|[A-Z]+[0-9]+)$/

const toWord = (text: string) =>
  text
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')

/** Refuses repeated values of an enumeration, and values that are neither in snake_case nor codes such as `A01`. @throws Error */
export function requireEnumValues(values: readonly string[]): void {
  for (const [index, value] of values.entries()) {
    if (!wordPattern.test(value))
      throw new Error(
        `the value "${value}" must be in snake_case, such as "${toWord(value)}", or a code of capital letters and digits, such as "A01"`,
      )
    if (values.indexOf(value) < index)
      throw new Error(`the value "${value}" is given twice; give each value once`)
  }
}

/** Length of the longest name that PostgreSQL stores. PostgreSQL shortens longer names, so that two may become equal. */
const maxNameLength = 63

/** The form of a resource's name, which is part of paths and, with underscores, the name of its table. */
const resourceNamePattern = /^[a-z]+(-[a-z]+)*$/

/** Checks the names in declarations, before anything is built from them. @throws Error for a wrong, reserved or repeated name. */
export function checkNames(declarations: readonly ResourceDeclaration[]): void {
  const wrong = declarations.find(({ name }) => !resourceNamePattern.test(name))
  if (wrong)
    throw new DeclarationError(
      `${wrong.name}: the name must be words of the lower-case letters a to z, joined by hyphens`,
    )
  for (const kind of ['name', 'singular', 'plural'] as const)
    requireDistinct(
      kind,
      declarations.map((declaration) => [declaration.name, [declaration[kind]]]),
    )
  const reserved: OwnedNames = ['every record', ['id', namesProperty, ...Object.keys(recordProperties)]]
  for (const { name, fields } of declarations) {
    const properties = Object.keys(fields).map((property): OwnedNames => [`${name}.${property}`, [property]])
    requireDistinct('property', [reserved, ...properties])
    checkOrders(name, fields)
  }
}

/** Checks that each `notBefore` names properties of the same record or list item. @throws Error for another name. */
function checkOrders(path: string, fields: Fields): void {
  const names = Object.keys(fields)
  for (const [name, { notBefore = [], items = {} }] of Object.entries(fields)) {
    const wrong = notBefore.find((other) => !names.includes(other))
    if (wrong !== undefined)
      throw new DeclarationError(
        `${path}.${name}: notBefore names "${wrong}", which is not a property beside it${didYouMean(wrong, names)}`,
      )
    checkOrders(`${path}.${name}`, items)
  }
}

/**
 * Checks the names of columns, and the options that name properties with columns.
 * @param columns the columns of each property.
 * @throws Error for a column that occurs twice, for an option that names a property without the required column, and for
 * `search.otherName` without `search.hasAliases`.
 */
export function checkColumns(
  declaration: ResourceDeclaration,
  columns: Record<string, ColumnBuilders>,
): void {
  const { name, search, eventDates = [], calendar = {} } = declaration
  requireDistinct('column', [
    ['every table', ['id', 'search', 'row_start']],
    ...listColumnNames(columns, (property) => `${name}.${property}`),
  ])
  const propertiesWithColumn = (suffix: string) =>
    Object.keys(columns).filter((property) => columns[property]?.[`${property}${suffix}`])
  const requireNamed = (option: string, named: readonly string[], what: string, known: string[]) => {
    const wrong = named.find((property) => !known.includes(property))
    if (wrong !== undefined)
      throw new DeclarationError(
        `${name}: ${option} names "${wrong}", which is not ${what}${didYouMean(wrong, known)}`,
      )
  }
  const searched: Record<string, readonly string[]> = {
    title: [search.title],
    otherName: search.otherName === undefined ? [] : [search.otherName],
    hasAliases: search.hasAliases ? ['aliases'] : [],
    translations: search.translations === undefined ? [] : [search.translations],
    codes: search.codes ?? [],
    prose: search.prose,
  }
  if (search.otherName !== undefined && !search.hasAliases)
    throw new DeclarationError(
      `${name}: search.otherName needs search.hasAliases, without which only the title is searched as a name`,
    )
  for (const [option, named] of Object.entries(searched))
    requireNamed(`search.${option}`, named, 'a property with a column of its own', propertiesWithColumn(''))
  const dates = propertiesWithColumn('Earliest')
  requireNamed('eventDates', eventDates, 'a date of field.edtf', dates)
  requireNamed('calendar', Object.keys(calendar), 'a date of field.edtf', dates)
}

/** Names of the columns of properties in the database. @param ownerOf returns the path of a property. */
export const listColumnNames = (
  columns: Record<string, ColumnBuilders>,
  ownerOf: (property: string) => string,
): OwnedNames[] =>
  Object.entries(columns).map(([property, builders]) => [
    ownerOf(property),
    Object.keys(builders).map(snakeCase),
  ])

/**
 * Checks what can be checked only in the whole registry: the names of searchable lists (`Collection`), includes, tables
 * and indexes, and examples.
 * @throws Error for the first fault.
 */
export function checkResources(registry: Registry): void {
  const tables = [...Object.values(commonTables), ...registry.tables].map((table) => {
    const { name, columns, indexes } = getTableConfig(table)
    return { name, columns, indexes: indexes.flatMap(({ config }) => config.name ?? []) }
  })
  requireDistinct(
    'name',
    tables.flatMap(({ name, indexes }): OwnedNames[] => [
      [`the table ${name}`, [name]],
      ...indexes.map((index): OwnedNames => [`an index of ${name}`, [index]]),
    ]),
  )
  for (const { name, columns, indexes } of tables) {
    const long = [name, ...columns.map((column) => column.name), ...indexes].find(
      ({ length }) => length > maxNameLength,
    )
    if (long !== undefined)
      throw new DeclarationError(
        `the table ${name}: the name "${long}" has more than ${maxNameLength} characters; give the resource or the property a shorter name`,
      )
  }
  for (const resource of registry.resources) {
    resource.collections()
    resource.includes()
    const { faults } = checkValue(resource.document, resource.example)
    if (faults)
      throw new DeclarationError(
        `${resource.name}: the example: ${faults.listed.map(describeFault).join('; ')}`,
      )
  }
}

/** Names of the resources to which the records of a resource refer, without itself. */
const referencedResources = (resource: Resource): string[] =>
  referenceProperties(resource, propertiesOf(resource))
    .map((reference) => reference.resource)
    .filter((name) => name !== resource.name)

/** Returns an error that names a cycle of references. @param remaining resources, each with a reference to another of them. */
function circularReferences(remaining: readonly Resource[]): DeclarationError {
  const path: Resource[] = []
  let next = remaining[0]
  while (next && !path.includes(next)) {
    path.push(next)
    const referenced = referencedResources(next)
    next = remaining.find(({ name }) => referenced.includes(name))
  }
  const cycle = next ? [...path.slice(path.indexOf(next)), next] : path
  return new DeclarationError(
    `${cycle.map(({ name }) => name).join(' → ')}: they refer to one another; remove one of these references, and declare an \`inverse\` where a list in the other direction is needed`,
  )
}

/**
 * Orders resources so that each comes after those to which it refers, and otherwise by name.
 * @throws Error if resources refer to one another, since then none of their first records can be written.
 */
export function orderByReferences(resources: readonly Resource[]): Resource[] {
  const ordered: Resource[] = []
  let remaining = resources.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  while (remaining.length > 0) {
    const next = remaining.find((resource) =>
      referencedResources(resource).every((name) => ordered.some((other) => other.name === name)),
    )
    if (!next) throw circularReferences(remaining)
    ordered.push(next)
    remaining = remaining.filter((resource) => resource !== next)
  }
  return ordered
}

/** Names that no include of a resource may have, since a response has the includes beside the properties with these names. */
export const responseProperties = (resource: Resource): OwnedNames => [
  `the properties of ${resource.name}`,
  [...propertiesOf(resource), namesProperty],
]
