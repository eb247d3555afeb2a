import { findYearDimension, hasParticipants } from '../../view-data.ts'
import descriptions from './resources.json' with { type: 'json' }

export interface Property {
  name: string
  kind: string
  values?: string[]
}

/** A resource as the OpenAPI document describes it (see `build/describe.ts`). */
export interface ResourceDescription {
  name: string
  key: string
  /** The property that names a record. */
  title: string
  properties: Property[]
  /** What the filters of a URL take that take more than one text: `{country: 'texts', 'status[isNull]': 'boolean'}`. */
  filterValues: Readonly<Record<string, 'texts' | 'number' | 'numbers' | 'boolean'>>
  sorts: string[]
  dimensions: string[]
  /** The dates of the record's event: one, or its start and end. */
  eventDates?: string[]
  /** The formats of an export. */
  formats: string[]
}

// The type of a JSON import has a union of every literal shape in it.
export const resources: readonly ResourceDescription[] = descriptions as ResourceDescription[]

export const findResource = (name: string): ResourceDescription | undefined =>
  resources.find((resource) => resource.name === name)

/** The resources that are the subject of the registry: those in which countries take part. */
export const activities: readonly ResourceDescription[] = resources.filter(hasParticipants)

/** The event dates of records: the date or start, the end if there is one, and the dimension of the year. */
export interface MainDate {
  start: string
  end: string | undefined
  yearDimension: string
}

/** Returns the date of a resource's event, such as `signedOn` of agreements and `startsOn` to `endsOn` of projects. */
export function mainDate(resource: ResourceDescription): MainDate | undefined {
  const [start, end] = resource.eventDates ?? []
  const yearDimension = findYearDimension(resource)
  return start === undefined || yearDimension === undefined ? undefined : { start, end, yearDimension }
}

/** The path of a record's view. */
export const recordPath = (resource: string, key: string): string =>
  resource === 'countries' ? `/countries/${key}` : ownRecordPath(resource, key)

/** The path of a record's own view, also for a country, whose usual view is its briefing. */
export const ownRecordPath = (resource: string, key: string): string =>
  `/records/${resource}/${encodeURIComponent(key)}`

/** The view of a list of the API: `/v1/agreements?country=PAK` is shown at `/explore/agreements?country=PAK`. */
export const explorePath = (list: string): string => list.replace(/^\/v1\//, '/explore/')
