import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resources } from '../../src/resources/index.ts'
import { type Api, openApi } from '../support/api.ts'
import {
  emptied,
  etagOf,
  fullSample,
  keyIn,
  listPath,
  pathTo,
  sample,
  smallSample,
} from '../support/documents.ts'

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

describe.each(resources)('creating $name', (resource) => {
  it('answers 201 with the whole record, where it is and its version, and it is read there as answered', async () => {
    const document = await sample(resource, api)
    const answer = await api.post(listPath(resource), document)
    expect(answer.status).toBe(201)
    const record = answer.json()
    expect(record).toMatchObject(document)
    expect(record).toMatchObject({ version: 1, createdAt: record.updatedAt })
    expect(etagOf(answer)).toBe('"1"')
    expect(answer.headers.get('location')).toBe(pathTo(resource, keyIn(resource, record)))

    const read = await api.get(pathTo(resource, keyIn(resource, record)))
    expect(read.status).toBe(200)
    expect(read.text).toBe(answer.text)
    expect(etagOf(read)).toBe('"1"')
  })

  it('fills what a document leaves out as the contract says, so that no property is ever missing', async () => {
    const document = await smallSample(resource, api)
    const answer = await api.post(listPath(resource), document)
    expect(answer.status).toBe(201)
    const { version, createdAt, updatedAt, id, ...written } = answer.json()
    expect(written).toEqual({ ...emptied(api, resource), ...document })
  })

  it('keeps every property of a document as it was written, however deep', async () => {
    const document = await fullSample(resource, api)
    const answer = await api.post(listPath(resource), document)
    expect(answer.status).toBe(201)
    expect(answer.json()).toMatchObject(document)
  })

  it('gives two equal wishes for the same key or external id to one of two clients only', async () => {
    const document = await fullSample(resource, api)
    const answers = await Promise.all([1, 2].map(() => api.post(listPath(resource), document)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
  })
})
