import { describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import {
  etagOf,
  exampleDocument,
  getDefaults,
  keyIn,
  listPath,
  minimalDocument,
  pathTo,
  pointersIn,
} from '../support/documents.ts'
import { fullDocument } from '../support/full-document.ts'
import { resources } from '../support/registry.ts'

const api = await sharedApi()

describe.each(resources)('creating $name', (resource) => {
  it('returns 201 with the record, its Location and its ETag', async () => {
    const document = await exampleDocument(resource, api)
    const response = await api.post(listPath(resource), document)
    expect(response.status).toBe(201)
    const record = response.json()
    expect(record).toMatchObject(document)
    expect(record).toMatchObject({ version: 1, createdAt: record.updatedAt })
    expect(etagOf(response)).toBe('"1"')
    expect(response.headers.get('location')).toBe(pathTo(resource, keyIn(resource, record)))

    const read = await api.get(pathTo(resource, keyIn(resource, record)))
    expect(read.status).toBe(200)
    expect(read.text).toBe(response.text)
    expect(etagOf(read)).toBe('"1"')
  })

  it('gives default values to the optional properties that a document lacks', async () => {
    const document = await minimalDocument(resource, api)
    const response = await api.post(listPath(resource), document)
    expect(response.status).toBe(201)
    const { version, createdAt, updatedAt, id, ...written } = response.json()
    expect(written).toEqual({ ...getDefaults(api, resource), ...document })
  })

  it('stores every property of a document unchanged, at every depth', async () => {
    const document = await fullDocument(resource, api)
    const response = await api.post(listPath(resource), document)
    expect(response.status).toBe(201)
    expect(response.json()).toMatchObject(document)
  })

  it('lets only one of two concurrent creates with the same key or external id succeed', async () => {
    const document = await fullDocument(resource, api)
    const responses = await Promise.all([1, 2].map(() => api.post(listPath(resource), document)))
    expect(responses.map(({ status }) => status).sort()).toEqual([201, 409])
  })

  it.skipIf(resource.key.assignedBy === 'registry')(
    'names the property with the taken key to the losers of concurrent creates',
    async () => {
      for (const _ of Array(5).keys()) {
        const document = await exampleDocument(resource, api)
        const responses = await Promise.all(
          Array.from({ length: 4 }, () => api.post(listPath(resource), document)),
        )
        const losers = responses.filter(({ status }) => status !== 201)
        expect(losers.map((loser) => [loser.status, pointersIn(loser)])).toEqual(
          Array(3).fill([409, [`/${resource.key.property}`]]),
        )
      }
    },
  )
})
