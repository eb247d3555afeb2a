import { describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import type { ProblemBody } from '../support/documents.ts'
import { create } from '../support/labelled-records.ts'

const api = await sharedApi()
const agreement = { title: 'An agreement', kind: 'agreement' }

describe('a refused write', () => {
  it('with a stale If-Match names both version numbers', async () => {
    const { id } = (await api.post('/v1/agreements', agreement)).json()
    await api.patch(`/v1/agreements/${id}`, { title: 'Changed' })
    const response = await api.patch(
      `/v1/agreements/${id}`,
      { title: 'Mine' },
      { headers: { 'if-match': '"1"' } },
    )
    expect(response.status).toBe(412)
    expect(response.json<ProblemBody>().detail).toMatch(/version 2.* 1\b/)
    expect(response.headers.get('etag')).toBe('"2"')
  })

  it('with an unquoted tag shows the header and the value', async () => {
    const response = await api.patch('/v1/countries/PAK', { name: 'P' }, { headers: { 'if-match': '1' } })
    expect(response.status).toBe(400)
    expect(response.json<ProblemBody>().errors).toEqual([
      {
        header: 'If-Match',
        code: 'invalid',
        message: expect.stringMatching(/^1 .*"3"/),
      },
    ])
  })

  it('that would remove a record to which others refer names those records', async () => {
    const parties = [{ country: 'TUV', role: 'party' }]
    const id = await create(api, 'agreements', { ...agreement, parties })
    const response = await api.delete('/v1/countries/TUV')
    expect(response.status).toBe(409)
    expect(response.json<ProblemBody>()).toMatchObject({
      detail: expect.stringContaining('country TUV'),
      errors: expect.arrayContaining([
        { code: 'referred_to', message: expect.stringContaining(`/v1/agreements/${id}`) },
      ]),
    })
  })

  it('that would change the key of a record names the key', async () => {
    const response = await api.patch('/v1/countries/PAK', { code: 'IND' })
    expect(response.status).toBe(422)
    expect(response.json<ProblemBody>().errors).toEqual([
      {
        pointer: '/code',
        code: 'read_only',
        message: expect.stringContaining('"PAK"'),
      },
    ])
  })

  it('without a key names the header, and with a wrong key does not repeat the key', async () => {
    const without = await api.post('/v1/agreements', agreement, { key: null })
    expect(without.status).toBe(401)
    expect(without.json<ProblemBody>().detail).toContain('Authorization: Bearer')
    const wrong = await api.post('/v1/agreements', agreement, { key: 'not-the-key-of-anybody' })
    expect(wrong.status).toBe(401)
    expect(wrong.text).not.toContain('not-the-key-of-anybody')
  })

  it('with a wrong method or media type names the allowed methods or types', async () => {
    const method = await api.request('DELETE', '/v1/agreements', { headers: { 'if-match': '*' } })
    expect(method.status).toBe(405)
    expect(method.json<ProblemBody>().detail).toMatch(/GET, POST, HEAD, OPTIONS.*DELETE/)
    const format = await api.post('/v1/agreements', 'title: A', { headers: { 'content-type': 'text/yaml' } })
    expect(format.status).toBe(415)
    expect(format.json<ProblemBody>().detail).toMatch(/application\/json.*text\/yaml/)
  })
})
