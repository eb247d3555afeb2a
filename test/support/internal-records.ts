import { randomUUID } from 'node:crypto'
import type { Resource } from '../../src/model/resource.ts'
import type { Api } from './api.ts'
import { createRecord, type Document, isSeeded, listPath, seededKey } from './documents.ts'
import { fullDocument } from './full-document.ts'
import { registry } from './registry.ts'

/** Hidden records of every resource, whose texts differ from all public texts. */

/** A record that a reader without a key must not see: it, or a record to which it must refer, is internal. */
export interface HiddenRecord {
  resource: Resource
  key: string
  document: Document
}

/** The hidden records of a registry. */
export interface HiddenRecords {
  records: HiddenRecord[]
  /** Texts and keys that occur in hidden records and nowhere else. */
  secrets: string[]
}

/** The word that all free texts of hidden records begin with. */
export const hiddenWord = 'Zyxwvut'

/**
 * Makes every free text of a `fullDocument` begin with the hidden word instead of `Text`, and replaces keys of seeded records with
 * the keys of internal ones.
 */
const hideTexts = (document: Document, keys: ReadonlyMap<string, string> = new Map()): Document =>
  JSON.parse(JSON.stringify(document), (_name, value) =>
    typeof value === 'string' ? (keys.get(value) ?? value.replace(/^Text /, `${hiddenWord} `)) : value,
  )

/** Creates a record. If the resource has external ids, replaces those of the record with a hidden one. */
async function createWithHiddenId(api: Api, resource: Resource, document: Document): Promise<HiddenRecord> {
  const { key, path, record } = await createRecord(resource, api, document)
  if (!('externalIds' in resource.document.shape)) return { resource, key, document: record }
  const externalIds = [{ scheme: hiddenWord.toLowerCase(), id: randomUUID() }]
  const response = await api.patch(path, { externalIds })
  if (response.status !== 200)
    throw new Error(`${resource.name} ${key} did not get a hidden external id: ${response.text}`)
  return { resource, key, document: response.json() }
}

/**
 * Creates two internal records of every resource: one that refers to internal records of earlier resources if it can, and
 * one that is removed. Also creates public citations of which the record or the source is internal, and an internal citation
 * of which both are public.
 */
export async function createHiddenRecords(api: Api): Promise<HiddenRecords> {
  const records: HiddenRecord[] = []
  const keys = new Map<string, string>()
  for (const resource of registry.resources) {
    const full = { ...(await fullDocument(resource, api)), visibility: 'internal' }
    const keyProperty = resource.key.property
    const { [keyProperty]: key, ...rest } = full as Document
    const document = {
      ...hideTexts(rest, keys),
      ...(key !== undefined && { [keyProperty]: key }),
    }
    const hidden = await createWithHiddenId(api, resource, document)
    records.push(hidden)
    if (isSeeded(resource)) keys.set(await seededKey(api, resource.name), hidden.key)
    const removed = await createWithHiddenId(api, resource, {
      ...hideTexts(await fullDocument(resource, api)),
      visibility: 'internal',
    })
    const response = await api.delete(`${listPath(resource)}/${removed.key}`)
    if (response.status !== 204)
      throw new Error(`${resource.name} ${removed.key} was not removed: ${response.text}`)
    records.push(removed)
  }
  records.push(...(await createHiddenCitations(api, records)))
  // Short codes may also occur elsewhere.
  const longKeys = records.map(({ key }) => key).filter((key) => key.length > 3)
  return { records, secrets: [hiddenWord, ...longKeys] }
}

/** Creates citations that are hidden because the citation itself, its source or its record is internal. */
async function createHiddenCitations(api: Api, hidden: HiddenRecord[]): Promise<HiddenRecord[]> {
  const citations = registry.get('citations')
  const findKey = (name: string) => hidden.find(({ resource }) => resource.name === name)?.key
  const [source, agreement] = [await seededKey(api, 'sources'), await seededKey(api, 'agreements')]
  const cite = (more: Document) => ({ note: `${hiddenWord} of a citation`, excerpt: hiddenWord, ...more })
  const documents = [
    cite({ source, record: { resource: 'agreements', id: findKey('agreements') } }),
    cite({ source, record: { resource: 'countries', id: findKey('countries') } }),
    cite({ source: findKey('sources'), record: { resource: 'agreements', id: agreement } }),
    cite({ source, record: { resource: 'agreements', id: agreement }, visibility: 'internal' }),
  ]
  const created: HiddenRecord[] = []
  for (const document of documents) {
    const { key, record } = await createRecord(citations, api, document)
    created.push({ resource: citations, key, document: record })
  }
  return created
}
