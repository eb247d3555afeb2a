import { describe, expect, it } from 'vitest'
import { type RequestOptions, sharedApi } from '../support/api.ts'
import {
  createRecord,
  etagOf,
  exampleDocument,
  listPath,
  nameProperty,
  readProblem,
  resourceOf,
} from '../support/documents.ts'
import { resources } from '../support/registry.ts'

/** Conditional reads with `If-None-Match`, and the ETags for them. */

const api = await sharedApi()

const ifNoneMatch = (tag: string): RequestOptions => ({ headers: { 'if-none-match': tag } })

describe.each(resources)('a conditional read of $name', (resource) => {
  const name = nameProperty(resource)

  it('returns 304 while the record or list is unchanged, with include and fields, too', async () => {
    const { path, key } = await createRecord(resource, api)
    const [include] = Object.keys(resource.includes())
    const list = `${listPath(resource)}?${resource.key.property}=${key}`
    for (const url of [
      path,
      `${path}?include=${include}`,
      `${path}?fields=version`,
      list,
      `${list}&include=${include}`,
    ]) {
      const tag = etagOf(await api.get(url))
      expect(tag).toMatch(/^"[^"]+"$/)
      for (const sent of [tag, `W/${tag}`, `"other", ${tag}`, `"a,b",,${tag},`, '*']) {
        const response = await api.get(url, ifNoneMatch(sent))
        expect({ url, sent, status: response.status }).toEqual({ url, sent, status: 304 })
        expect(response.text).toBe('')
        expect(etagOf(response)).toBe(tag)
      }
    }
  })

  it('returns 200 for the record and for a list with it after the record has changed', async () => {
    const { path, key } = await createRecord(resource, api)
    const list = `${listPath(resource)}?${resource.key.property}=${key}`
    const before = { record: etagOf(await api.get(path)), list: etagOf(await api.get(list)) }
    await api.patch(path, { [name]: 'Changed' })
    for (const [url, tag] of [
      [path, before.record],
      [list, before.list],
    ] as const) {
      const response = await api.get(url, ifNoneMatch(tag))
      expect(response.status).toBe(200)
      expect(response.text).toContain('Changed')
      expect(etagOf(response)).not.toBe(tag)
    }
  })

  it('returns 200 when a record was added to the list or removed from it', async () => {
    // The list contains only this record and later ones, so no record of another test is in it.
    const { record } = await createRecord(resource, api)
    const list = `${listPath(resource)}?createdAt[gte]=${record.createdAt}&sort=-createdAt`
    const before = etagOf(await api.get(list))
    const { path } = await createRecord(resource, api)
    const more = await api.get(list, ifNoneMatch(before))
    expect(more.status).toBe(200)
    await api.delete(path)
    const less = await api.get(list, ifNoneMatch(etagOf(more)))
    expect(less.status).toBe(200)
  })

  it('returns 200 for any other ETag', async () => {
    const { path } = await createRecord(resource, api)
    for (const tag of ['"2"', '"0"', '"1-"', '""']) {
      expect((await api.get(path, ifNoneMatch(tag))).status).toBe(200)
    }
  })

  it('returns 400 for a malformed ETag', async () => {
    const { path } = await createRecord(resource, api)
    for (const url of [path, `${listPath(resource)}?limit=1`]) {
      for (const wrong of ['1', '"1', 'any', 'W/1']) {
        const response = await api.get(url, ifNoneMatch(wrong))
        expect({ wrong, status: response.status }).toEqual({ wrong, status: 400 })
        expect(readProblem(response).errors).toMatchObject([{ header: 'If-None-Match', code: 'invalid' }])
      }
    }
  })
})

describe.each(resources.filter((resource) => 'citations' in resource.includes()))(
  'the ETags of reads of $name with their citations',
  (resource) => {
    it('change when a citation is added or changed, and change back when it is removed', async () => {
      const citations = resourceOf('citations')
      const { path, key, etag } = await createRecord(resource, api)
      const urls = [path, `${listPath(resource)}`].map(
        (url) => `${url}?include=citations${url === path ? '' : `&${resource.key.property}=${key}`}`,
      )
      const tags = async () => Promise.all(urls.map(async (url) => etagOf(await api.get(url))))

      const seen = [await tags()]
      const document = {
        ...(await exampleDocument(citations, api)),
        property: null,
        record: { resource: resource.name, id: key },
      }
      const citation = await createRecord(citations, api, document)
      seen.push(await tags())
      await api.patch(citation.path, { note: 'Changed' })
      seen.push(await tags())
      await api.patch(citation.path, { rank: 'preferred' })
      seen.push(await tags())
      for (const index of [0, 1]) expect(new Set(seen.map((pair) => pair[index])).size).toBe(4)

      await api.delete(citation.path)
      expect(await tags()).toEqual(seen[0])
      expect(etagOf(await api.get(path))).toBe(etag)
    })
  },
)
