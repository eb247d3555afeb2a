// @module-tag slow

import { describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { resultsIn, sendBulk, sendNonAtomic } from '../support/bulk.ts'
import {
  type CreatedRecord,
  createRecord,
  type Document,
  exampleDocument,
  ifMatch,
  pathTo,
  readProblem,
  unusedKey,
} from '../support/documents.ts'
import { listReferenceProperties, referringDocument } from '../support/references.ts'
import { resources } from '../support/registry.ts'

const api = useTestApi()

/** Sends a GET request, and returns the status and Location of the response without following redirects. */
const redirectOf = async (path: string) => {
  const { status, headers } = await api.get(path)
  return { status, location: headers.get('location') }
}

const merge = (from: CreatedRecord, into: CreatedRecord) =>
  api.post(`${from.path}/merge`, { into: into.key }, { headers: { 'if-match': from.etag } })

interface Entry {
  version: number
  operation: string
  mergedInto: string | null
}

const historyOf = async (path: string): Promise<Entry[]> =>
  (await api.get(`${path}/history?follow=false`)).json<{ data: Entry[] }>().data

describe.each(resources)('merging a record of $name', (resource) => {
  const pair = async () => [await createRecord(resource, api), await createRecord(resource, api)] as const

  it('redirects reads of the old record and its history with 308, with the rest of the URL', async () => {
    const [from, into] = await pair()
    expect((await merge(from, into)).status).toBe(200)
    for (const suffix of ['', '?fields=version', '/history', '/history?limit=1'])
      expect(await redirectOf(`${from.path}${suffix}`)).toEqual({
        status: 308,
        location: `${into.path}${suffix}`,
      })
  })

  it('answers changes, restores and merges of the old key with 410 and the new path', async () => {
    const [from, into] = await pair()
    await merge(from, into)
    const responses = [
      await api.put(from.path, await exampleDocument(resource, api)),
      await api.patch(from.path, {}),
      await api.delete(from.path),
      await api.post(`${from.path}/restore`, {}),
      await merge(from, into),
    ]
    for (const response of responses) {
      expect(response.status).toBe(410)
      expect(readProblem(response).detail).toContain(into.path)
    }
  })

  it('answers bulk operations on the old key with 410 and the new path', async () => {
    const [from, into] = await pair()
    const other = await createRecord(resource, api)
    await merge(from, into)
    const { property } = resource.key
    const document = await exampleDocument(resource, api)
    const operations = [
      { op: 'patch', [property]: from.key, ifMatch: '*', patch: {} },
      { op: 'replace', [property]: from.key, ifMatch: '*', document },
      { op: 'remove', [property]: from.key, ifMatch: '*' },
      { op: 'upsert', [property]: from.key, document: { ...document, [property]: from.key } },
    ]
    for (const operation of operations) {
      const problem = readProblem(await sendBulk(api, resource, [operation]))
      expect(problem).toMatchObject({ type: '/problems/merged', status: 410 })
      expect(problem.errors).toMatchObject([
        { pointer: `/operations/0/${property}`, message: expect.stringContaining(into.path) },
      ])
    }
    const patch = { op: 'patch', [property]: other.key, ifMatch: '*', patch: {} }
    const results = resultsIn(await sendNonAtomic(api, resource, [...operations, patch]))
    expect(results.map(({ status }) => status)).toEqual([410, 410, 410, 410, 200])
  })

  it('leaves both histories readable, and adds the removal of the old record to the feed', async () => {
    const [from, into] = await pair()
    await merge(from, into)
    const removal = { version: 2, operation: 'remove', mergedInto: into.key }
    expect(await historyOf(from.path)).toMatchObject([removal, { version: 1, operation: 'create' }])
    expect(await historyOf(into.path)).toMatchObject([
      { version: 2, operation: 'merge', mergedInto: null, mergedFrom: from.key },
      { version: 1, operation: 'create', mergedFrom: null },
    ])
    // The feed ends before the oldest transaction that is still running.
    const inFeed = async () => {
      const path = `/v1/changes?order=desc&limit=20&resource=${resource.name}`
      const { data } = (await api.get(path)).json<{ data: (Entry & { key: string })[] }>()
      return data.find(({ key }) => key === from.key)
    }
    await expect.poll(inFeed, { timeout: 5000 }).toMatchObject(removal)
    expect((await api.get(`${from.path}/history/1`)).status).toBe(200)
  })

  it('returns the remaining record with the ETag of its new version', async () => {
    const [from, into] = await pair()
    const response = await merge(from, into)
    expect(response.json()).toMatchObject({ [resource.key.property]: into.key, version: 2 })
    expect(response.headers.get('etag')).toBe('"2"')
  })

  it.runIf('externalIds' in resource.document.shape)(
    'gives the remaining record the external ids of both',
    async () => {
      const [from, into] = await pair()
      const ids = [from, into].flatMap(({ record }) => record.externalIds)
      expect(ids).toHaveLength(2)
      const { externalIds } = (await merge(from, into)).json()
      expect(externalIds).toHaveLength(2)
      expect(externalIds).toEqual(expect.arrayContaining(ids))
    },
  )

  it('redirects to the record that remains after several merges', async () => {
    const [first, second] = await pair()
    const third = await createRecord(resource, api)
    await merge(first, second)
    await api.post(`${second.path}/merge`, { into: third.key }, { headers: { 'if-match': '*' } })
    expect(await redirectOf(first.path)).toEqual({ status: 308, location: third.path })
    expect((await api.delete(third.path)).status).toBe(204)
    expect((await redirectOf(first.path)).status).toBe(404)
  })

  it('keeps the old key taken, and says into which record the record with this key was merged', async () => {
    const [from, into] = await pair()
    await merge(from, into)
    const { property } = resource.key
    const document = { ...(await exampleDocument(resource, api)), [property]: from.key }
    const response = await sendBulk(api, resource, [{ op: 'create', document }])
    const { status, errors } = readProblem(response)
    expect([status, errors]).toEqual([
      409,
      [
        {
          pointer: `/operations/0/document/${property}`,
          code: 'taken',
          message: expect.stringMatching(
            `^"${from.key}" is taken by an? .+ that was merged into "${into.key}"$`,
          ),
        },
      ],
    ])
  })

  it('checks the version of the remaining record if the body has one', async () => {
    const [from, into] = await pair()
    const mergeIfVersion = (version: number) =>
      api.post(`${from.path}/merge`, { into: into.key, version }, { headers: { 'if-match': from.etag } })
    const refused = await mergeIfVersion(2)
    const { status, detail, errors } = readProblem(refused)
    expect([status, refused.headers.get('etag')]).toEqual([412, null])
    expect(detail).toContain(`${into.key} is at version 1 now; the request was based on version 2`)
    expect(errors).toMatchObject([{ pointer: '/version', code: 'stale_version' }])
    expect((await mergeIfVersion(1)).status).toBe(200)
  })

  it('is refused for stale versions, unknown keys and the record itself, and writes nothing', async () => {
    const [from, into] = await pair()
    const sendMerge = (body: Document, etag = from.etag) =>
      api.post(`${from.path}/merge`, body, { headers: { 'if-match': etag } })
    expect((await sendMerge({ into: into.key }, '"7"')).status).toBe(412)
    expect((await sendMerge({ into: into.key, version: 7 })).status).toBe(412)
    expect((await sendMerge({ into: unusedKey(resource) })).status).toBe(422)
    expect((await sendMerge({ into: from.key })).status).toBe(422)
    expect((await sendMerge({})).status).toBe(422)
    expect((await api.post(`${from.path}/merge`, { into: into.key })).status).toBe(428)
    expect(
      (await api.post(`${pathTo(resource, unusedKey(resource))}/merge`, { into: into.key }, ifMatch('*')))
        .status,
    ).toBe(404)
    expect((await api.get(from.path)).json()).toEqual(from.record)
    expect((await api.get(into.path)).json()).toEqual(into.record)
  })

  it('is refused between a public and an internal record', async () => {
    const [from, into] = await pair()
    await api.patch(into.path, { visibility: 'internal' })
    expect((await merge(from, into)).status).toBe(409)
  })
})

describe.each(listReferenceProperties(resources).map((property) => ({ property, ...property })))(
  'merging a record of $target.name to which $pointer of $referrer.name refers',
  ({ property, referrer, target }) => {
    it('moves the reference; a later one to the old key is refused, and the error has the new key', async () => {
      const [from, into] = [await createRecord(target, api), await createRecord(target, api)]
      const other = await createRecord(referrer, api, await referringDocument(api, property, from.record))
      const response = await merge(from, into)
      expect(response.status, response.text).toBe(200)
      const text = (await api.get(other.path)).text
      expect(text).toContain(`"${into.key}"`)
      expect(text).not.toContain(`"${from.key}"`)
      const lateDocument = await referringDocument(api, property, from.record)
      const late = await api.post(`/v1/${referrer.name}`, lateDocument)
      expect(late.status).toBe(422)
      expect(readProblem(late).errors?.[0]?.message).toContain(into.key)
      expect(await historyOf(other.path)).toMatchObject([{ operation: 'merge' }, { operation: 'create' }])
    })
  },
)

describe.each(resources)('GET /v1/$name/duplicates', (resource) => {
  it('lists as a pair two records whose names differ only in case', async () => {
    const { title } = resource.registry.declaration(resource.name).search
    const name = `Twins of ${resource.name}`
    const keys: string[] = []
    for (const text of [name, name.toUpperCase()]) {
      const document = await exampleDocument(resource, api, { [title]: text })
      keys.push((await createRecord(resource, api, document)).key)
    }
    const found: string[][] = []
    for (let next: string | null = ''; next !== null; ) {
      const response = await api.get(`/v1/${resource.name}/duplicates?limit=50${next && `&cursor=${next}`}`)
      const { data, page } = response.json<{
        data: { record: { key: string }; other: { key: string } }[]
        page: { next: string | null }
      }>()
      found.push(...data.map(({ record, other }) => [record.key, other.key]))
      next = page.next
    }
    expect(found).toContainEqual([...keys].sort())
  })
})
