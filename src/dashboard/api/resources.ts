import { findYearDimension, hasParticipants } from '../../view-data.ts'
import descriptions from './resources.json' with { type: 'json' }

/**
 * The kind of a property's value. `key` is the key of the record itself, `reference` the key of another record, and `pointer` a
 * JSON pointer to a property.
 */
export type PropertyKind =
  | 'enumeration'
  | 'date'
  | 'dateTime'
  | 'number'
  | 'boolean'
  | 'text'
  | 'list'
  | 'object'
  | 'reference'
  | 'key'
  | 'pointer'

/**
 * The type of a query parameter. Parameters that take a single text or an integer have none. Several texts are
 * `commaSeparated` or, if they may contain commas, in `repeated` parameters.
 */
export type ParameterType = 'commaSeparated' | 'repeated' | 'number' | 'numbers' | 'boolean'

/** A property of the records of a resource, or of an object in them. */
export interface Property {
  name: string
  kind: PropertyKind
  values?: string[]
  /** The resource to which the value refers, by a key or a list of keys. */
  refersTo?: string
  /** Whether the value, or each value of a list, is the BCP 47 tag of a language. */
  isLanguage?: boolean
  /** The properties of an object, or of each object in a list. */
  parts?: Property[]
}

/** A resource as the OpenAPI document describes it (see `build/describe.ts`). */
export interface ResourceDescription {
  name: string
  /** The name of the resource for people, by language. */
  label: { en: string; zh: string }
  /** The property with the key of a record. */
  key: string
  /** The property with the title or name of a record. */
  title: string
  properties: Property[]
  /** Types of the list's query parameters, such as filters: `{country: 'commaSeparated', 'status[isNull]': 'boolean'}`. */
  parameterTypes: Readonly<Record<string, ParameterType>>
  sorts: string[]
  dimensions: string[]
  /** The parameter with which lists and aggregates are read as of an earlier time; `asOf`, unless a filter has this name. */
  asOfName: string
  /** The properties with the date of the record's event, or with its start and end. */
  eventDates?: string[]
  /** The file formats of exports. */
  formats: string[]
}

/** The descriptions of all resources. TypeScript would infer a union of all literal shapes for a JSON import. */
export const resources: readonly ResourceDescription[] = descriptions as ResourceDescription[]

/** Returns the description of a resource; undefined if there is no resource of this name. */
export const findResource = (name: string): ResourceDescription | undefined =>
  resources.find((resource) => resource.name === name)

/** Returns the description of a property. A property that is not described, such as a former one, counts as a text. */
export const findProperty = (properties: readonly Property[] | undefined, name: string): Property =>
  properties?.find((property) => property.name === name) ?? { name, kind: 'text' }

/** The resources whose records have participants, such as agreements and projects. */
export const resourcesWithParticipants: readonly ResourceDescription[] = resources.filter(hasParticipants)

/** The properties with the dates of a record's event, and the dimension of the year in which it starts. */
export interface EventDates {
  /** The property with the start, or with the only date. */
  start: string
  end: string | undefined
  yearDimension: string
}

/** Returns the event dates of a resource, such as `signedOn` of agreements; undefined if it has none, or no dimension of their year. */
export function findEventDates(resource: ResourceDescription): EventDates | undefined {
  const [start, end] = resource.eventDates ?? []
  const yearDimension = findYearDimension(resource)
  return start === undefined || yearDimension === undefined ? undefined : { start, end, yearDimension }
}

/** Returns the path of a record's view; for a country, this is its briefing. */
export const recordPath = (resource: string, key: string): string =>
  resource === 'countries' ? `/countries/${key}` : recordDetailPath(resource, key)

/** Returns the path of the view that shows a record's properties; for a country, this is not its briefing. */
export const recordDetailPath = (resource: string, key: string): string =>
  `/records/${resource}/${encodeURIComponent(key)}`

/** Returns the path of the view of a list of the API: `/explore/agreements?country=PAK` for `/v1/agreements?country=PAK`. */
export const explorePath = (list: string): string => list.replace(/^\/v1\//, '/explore/')
