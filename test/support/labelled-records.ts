import { expect } from 'vitest'
import { aggregate } from './aggregates.ts'
import type { Api } from './api.ts'
import type { Document } from './documents.ts'
import { findRecords } from './find-records.ts'
import { registry } from './registry.ts'

/** Creates a record and returns its id. */
export async function create(api: Api, resource: string, document: object, headers = {}): Promise<string> {
  const response = await api.post(`/v1/${resource}`, document, { headers })
  expect(response.status, response.text).toBe(201)
  return response.json<{ id: string }>().id
}

/** Creates a record and returns its path. */
export const createAt = async (api: Api, resource: string, document: object, headers = {}) =>
  `/v1/${resource}/${await create(api, resource, document, headers)}`

/** Records that a test has created, identified by labels. */
export interface LabelledRecords {
  /** Returns the id of a record. @throws when no record has the label. */
  id(label: string): string
  /** Returns the sorted labels of the records that a list with these parameters finds. */
  find(parameters: Record<string, string>): Promise<string[]>
  /** Returns the number of the records that an aggregate with these parameters counts. `groupBy` is required. */
  count(parameters: Record<string, string>): Promise<number>
}

/** Creates one record for each label. The filter `id` restricts `find` and `count` to these records. */
export async function createLabelled(
  api: Api,
  resource: string,
  documents: Record<string, Document>,
): Promise<LabelledRecords> {
  const ids = new Map<string, string>()
  for (const [label, document] of Object.entries(documents))
    ids.set(label, await create(api, resource, document))
  const labels = new Map([...ids].map(([label, id]) => [id, label]))
  const idFilter = [...ids.values()].join()
  return {
    id(label) {
      const id = ids.get(label)
      if (id === undefined)
        throw new Error(`no record has the label ${label}; there are ${[...ids.keys()].join(', ')}`)
      return id
    },
    async find(parameters) {
      // Literal commas separate values.
      const query = new URLSearchParams({ ...parameters, id: idFilter }).toString().replaceAll('%2C', ',')
      const found = await findRecords(api, registry.get(resource), query)
      return found.map(({ id }) => labels.get(String(id)) ?? String(id)).sort()
    },
    count: async (parameters) => (await aggregate(api, resource, { ...parameters, id: idFilter })).total,
  }
}

/** Creates one agreement for each label, with the parties under this label. The label is also the title of the agreement. */
export const createWithParties = (api: Api, parties: Record<string, Document[]>) =>
  createLabelled(
    api,
    'agreements',
    Object.fromEntries(
      Object.entries(parties).map(([title, list]) => [title, { title, kind: 'agreement', parties: list }]),
    ),
  )
