import { randomUUID } from 'node:crypto'
import type { Resource } from '../../src/model/resource.ts'
import type { Api } from './api.ts'
import { createRecord, type Document, fullDocument, keyIn, listPath, seededKey } from './documents.ts'
import { registry } from './registry.ts'

/** Internal records of every resource. Each of their texts differs from all public texts. */

/** A record that a reader without a key must not see. */
export interface HiddenRecord {
  resource: Resource
  key: string
  document: Document
}

/** The hidden parts of a registry. */
export interface HiddenRecords {
  records: HiddenRecord[]
  /** Texts and keys that occur in hidden records and nowhere else. */
  marks: string[]
}

/** The word that all texts of hidden records begin with. */
export const hiddenWord = 'Zyxwvut'

/** Adds the mark to every free text of a document. */
function marked(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^Text /, `${hiddenWord} `)
  if (Array.isArray(value)) return value.map(marked)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, marked(inner)]))
}

/** Replaces keys in the references of a document, except the record's own key. */
function withKeys(value: unknown, keys: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return keys.get(value) ?? value
  if (Array.isArray(value)) return value.map((item) => withKeys(item, keys))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withKeys(inner, keys)]))
}

/** Creates a record, changes it, and returns it. */
async function hide(api: Api, resource: Resource, document: Document): Promise<HiddenRecord> {
  const { key, path, record } = await createRecord(resource, api, document)
  const changed = await api.patch(path, {
    externalIds: [{ scheme: hiddenWord.toLowerCase(), id: randomUUID() }],
  })
  const isWithout = changed.status === 422
  return { resource, key, document: isWithout ? record : changed.json() }
}

/**
 * Creates an internal record of every resource, which refers to the internal ones before it where it can, and a removed one;
 * and public citations of an internal record, of an internal source, and an internal citation of a public record.
 */
export async function createHiddenRecords(api: Api): Promise<HiddenRecords> {
  const records: HiddenRecord[] = []
  const keys = new Map<string, string>()
  for (const resource of registry.resources) {
    const full = { ...(await fullDocument(resource, api)), visibility: 'internal' }
    const own = resource.key.property
    const { [own]: key, ...rest } = full as Document
    const document = {
      ...(marked(withKeys(rest, keys)) as Document),
      ...(key !== undefined && { [own]: key }),
    }
    const hidden = await hide(api, resource, document)
    records.push(hidden)
    keys.set(await seededKey(api, resource.name), hidden.key)
    const removed = await hide(api, resource, {
      ...(marked(await fullDocument(resource, api)) as Document),
      visibility: 'internal',
    })
    const response = await api.delete(`${listPath(resource)}/${removed.key}`)
    if (response.status !== 204) throw new Error(`${resource.name} ${removed.key} stays: ${response.text}`)
    records.push(removed)
  }
  records.push(...(await createBelonging(api, records)))
  // Short codes may also occur elsewhere.
  return { records, marks: [hiddenWord, ...records.map(({ key }) => key).filter((key) => key.length > 3)] }
}

/** Creates citations that are hidden although they, or the records they cite, are public. */
async function createBelonging(api: Api, hidden: HiddenRecord[]): Promise<HiddenRecord[]> {
  const citations = registry.get('citations')
  const keyOf = (name: string) => hidden.find(({ resource }) => resource.name === name)?.key
  const [source, agreement] = [await seededKey(api, 'sources'), await seededKey(api, 'agreements')]
  const cite = (own: Document) => ({ note: `${hiddenWord} of a citation`, excerpt: hiddenWord, ...own })
  const documents = [
    cite({ source, record: { resource: 'agreements', id: keyOf('agreements') } }),
    cite({ source, record: { resource: 'countries', id: keyOf('countries') } }),
    cite({ source: keyOf('sources'), record: { resource: 'agreements', id: agreement } }),
    cite({ source, record: { resource: 'agreements', id: agreement }, visibility: 'internal' }),
  ]
  const created: HiddenRecord[] = []
  for (const document of documents) {
    const { key, record } = await createRecord(citations, api, document)
    created.push({ resource: citations, key: keyIn(citations, record) || key, document: record })
  }
  return created
}
