import { z } from 'zod'
import { lazyFor } from '../../model/lazy.ts'
import { type ReferenceProperty, referenceProperties } from '../../model/reference-properties.ts'
import type { Registry } from '../../model/registry.ts'
import { ownProperties, type Resource } from '../../model/resource.ts'
import type { ApiFetch } from '../api-fetch.ts'
import { formatEntityId, parseEntityId } from './ids.ts'
import { findNamedRecord, type NamedRecord, type Names } from './named-record.ts'
import { checkField } from './queries.ts'

/** Maximum number of entities of a request, since each needs a request to the API. */
const maxIds = 50

/** Returns the schema of a query. It accepts the properties of every resource, since the entities may be of several resources. */
const querySchema = lazyFor(({ resources }: Registry) => {
  const properties = new Set(resources.flatMap((resource) => Object.keys(ownProperties(resource))))
  return z.looseObject({
    ids: z.array(z.string().max(200)).max(maxIds),
    properties: z.array(z.looseObject({ id: z.enum([...properties]) })).max(50),
  })
})

/** The reference properties inside a property, and the names of the records to which they refer. */
interface CellContext {
  names: Names
  references: readonly ReferenceProperty[]
}

/** A cell of the extended table: a text, a number, or another entity. */
type Cell = { str: string } | { float: number } | { id: string; name: string }

/** Returns the cell of the record with this key; undefined if `names` has no such record. */
function entityCell(key: string, names: Names): Cell | undefined {
  const found = Object.entries(names).find(([, ofResource]) => Object.hasOwn(ofResource, key))
  if (!found) return undefined
  const [resource, ofResource] = found
  return { id: formatEntityId({ resource, key }), name: ofResource[key] ?? key }
}

/** Returns the cells of the records that an object refers to, such as the country of a participant. */
function referencedCells(value: object, { names, references }: CellContext): Cell[] {
  const isReference = (name: string) =>
    references.some(({ jsonPrefix }) => jsonPrefix.endsWith(`${JSON.stringify(name)}:`))
  return Object.entries(value).flatMap(([name, key]) =>
    isReference(name) && typeof key === 'string' ? (entityCell(key, names) ?? []) : [],
  )
}

/**
 * Returns the cells of a value; none for null. Of an object, such as a territory or a participant, the cell is its name or, if it has
 * none, the records to which it refers; otherwise its JSON.
 */
function toCells(value: unknown, context: CellContext): Cell[] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return value.flatMap((item) => toCells(item, context))
  if (typeof value === 'number') return [{ float: value }]
  if (typeof value === 'string') return [entityCell(value, context.names) ?? { str: value }]
  if (typeof value !== 'object') return [{ str: JSON.stringify(value) }]
  if ('name' in value && typeof value.name === 'string') return [{ str: value.name }]
  const referenced = referencedCells(value, context)
  return referenced.length > 0 ? referenced : [{ str: JSON.stringify(value) }]
}

/** Returns the cells of a property; none if the resource has no such property. */
function propertyCells(resource: Resource, property: string, { names = {}, ...record }: NamedRecord): Cell[] {
  if (!Object.hasOwn(ownProperties(resource), property)) return []
  const references = referenceProperties(resource, [property])
  const referredResources = references.map((found) => found.resource)
  // `names` also has the records of other properties. A word in this property may be the key of one of them without meaning it.
  const ownNames = Object.entries(names).filter(([name]) => referredResources.includes(name))
  return toCells(record[property], { names: Object.fromEntries(ownNames), references })
}

/**
 * Answers a data extension query (Reconciliation Service API 0.2, section 7): values of properties of records. There are no values
 * for an unknown record, or for a property that only other resources have.
 * @throws Problem `invalid-body` for a query that is not valid or has a property of no resource; ApiResponseError when the API
 * refuses to read a record, such as above a rate limit.
 */
export async function extend(
  api: ApiFetch,
  registry: Registry,
  value: unknown,
): Promise<Record<string, unknown>> {
  const { ids, properties } = checkField(querySchema(registry), 'extend', value)
  const rows = await Promise.all(
    ids.map(async (id) => {
      const entity = parseEntityId(id)
      const resource = entity && registry.find(entity.resource)
      const record = resource && (await findNamedRecord(api, entity))
      const cells = properties.map(({ id: property }) => [
        property,
        record ? propertyCells(resource, property, record) : [],
      ])
      return [id, Object.fromEntries(cells)] as const
    }),
  )
  return { meta: properties.map(({ id }) => ({ id, name: id })), rows: Object.fromEntries(rows) }
}
