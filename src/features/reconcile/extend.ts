import { z } from 'zod'
import { referenceProperties } from '../../model/reference-properties.ts'
import type { Registry } from '../../model/registry.ts'
import { ownProperties, type Resource } from '../../model/resource.ts'
import type { ApiFetch } from '../../operations/api-fetch.ts'
import { ApiResponseError, fetchJson } from './fetch-json.ts'
import { type EntityId, formatEntityId, parseEntityId } from './ids.ts'
import { checkField } from './queries.ts'

/** Maximum number of entities of a request, since each needs a request to the API. */
const maxIds = 50

const extension = z.looseObject({
  ids: z.array(z.string().max(200)).max(maxIds),
  properties: z.array(z.looseObject({ id: z.string().max(100) })).max(50),
})

/** Names of records by resource and key. */
type Names = Record<string, Record<string, string>>

/** A requested record, with the names of the records that it refers to. */
type NamedEntity = Record<string, unknown> & { names?: Names }

/** A cell: a text, a number, or another entity. */
type Cell = { str: string } | { float: number } | { id: string; name: string }

/** Returns the cell of the record whose key a value is; undefined if it is not the key of a record in `names`. */
function entityCell(value: string, names: Names): Cell | undefined {
  const found = Object.entries(names).find(([, ofResource]) => Object.hasOwn(ofResource, value))
  if (!found) return undefined
  const [resource, ofResource] = found
  return { id: formatEntityId({ resource, key: value }), name: ofResource[value] ?? value }
}

/** Returns the cells of a value; none for null. */
function toCells(value: unknown, names: Names): Cell[] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return value.flatMap((item) => toCells(item, names))
  if (typeof value === 'number') return [{ float: value }]
  if (typeof value === 'string') return [entityCell(value, names) ?? { str: value }]
  if (typeof value === 'object' && 'name' in value && typeof value.name === 'string')
    return [{ str: value.name }]
  return [{ str: JSON.stringify(value) }]
}

/** Returns the cells of a property; none if the resource has no such property. */
function propertyCells(resource: Resource, property: string, { names = {}, ...record }: NamedEntity): Cell[] {
  if (!Object.hasOwn(ownProperties(resource), property)) return []
  const sections = referenceProperties(resource, [property]).map((found) => found.resource)
  // Another property may have a word that is also the key of a record.
  const ownNames = Object.entries(names).filter(([section]) => sections.includes(section))
  return toCells(record[property], Object.fromEntries(ownNames))
}

/** Reads a record with the names of the records that it refers to; undefined if there is none. */
async function readEntity(api: ApiFetch, { resource, key }: EntityId): Promise<NamedEntity | undefined> {
  try {
    return await fetchJson<NamedEntity>(api, `/v1/${resource}/${encodeURIComponent(key)}?include=names`)
  } catch (error) {
    if (error instanceof ApiResponseError && [400, 404].includes(error.response.status)) return undefined
    throw error
  }
}

/**
 * Answers a data extension query (Reconciliation Service API 0.2, section 6): values of properties of records. An unknown
 * record or property has no values.
 * @throws Problem for a query that is not valid.
 */
export async function extend(
  api: ApiFetch,
  registry: Registry,
  value: unknown,
): Promise<Record<string, unknown>> {
  const { ids, properties } = checkField(extension, 'extend', value)
  const rows = await Promise.all(
    ids.map(async (id) => {
      const entity = parseEntityId(id)
      const resource = entity && registry.find(entity.resource)
      const record = resource && (await readEntity(api, entity))
      const cells = properties.map(({ id: property }) => [
        property,
        record ? propertyCells(resource, property, record) : [],
      ])
      return [id, Object.fromEntries(cells)] as const
    }),
  )
  return { meta: properties.map(({ id }) => ({ id, name: id })), rows: Object.fromEntries(rows) }
}
