import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, openApi } from '../support/api.ts'
import type { Refusal } from '../support/documents.ts'

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())
const agreement = { title: 'An agreement', kind: 'agreement' }

describe('a refused write names what to change', () => {
  it('with a stale If-Match returns both versions', async () => {
    const { id } = (await api.post('/v1/agreements', agreement)).json()
    await api.patch(`/v1/agreements/${id}`, { title: 'Changed' })
    const answer = await api.patch(
      `/v1/agreements/${id}`,
      { title: 'Mine' },
      { headers: { 'if-match': '"1"' } },
    )
    expect(answer.status).toBe(412)
    expect(answer.json<Refusal>().detail).toBe(
      'The agreement is at version 2 now; the request was meant for 1. Read it again and apply the change to that.',
    )
    expect(answer.headers.get('etag')).toBe('"2"')
  })

  it('without If-Match names the header', async () => {
    const answer = await api.request('DELETE', '/v1/countries/PAK')
    expect(answer.status).toBe(428)
    expect(answer.json<Refusal>()).toMatchObject({
      detail: 'Send If-Match with the ETag of the version that you have read, or * to insist.',
      errors: [{ header: 'If-Match', code: 'required' }],
    })
  })

  it('with an unquoted tag shows the header and the value', async () => {
    const answer = await api.patch('/v1/countries/PAK', { name: 'P' }, { headers: { 'if-match': '1' } })
    expect(answer.status).toBe(400)
    expect(answer.json<Refusal>().errors).toEqual([
      {
        header: 'If-Match',
        code: 'invalid',
        message: '1 is not an entity tag: send the ETag as it was answered, such as "3" with its quotes',
      },
    ])
  })

  it('of a record that others refer to names them', async () => {
    const { id } = (
      await api.post('/v1/agreements', { ...agreement, parties: [{ country: 'TUV', role: 'party' }] })
    ).json()
    const answer = await api.delete('/v1/countries/TUV')
    expect(answer.status).toBe(409)
    expect(answer.json<Refusal>()).toMatchObject({
      detail: 'Other records refer to the country TUV; remove or change them first.',
      errors: expect.arrayContaining([{ code: 'referred_to', message: `/v1/agreements/${id} refers to it` }]),
    })
  })

  it("of the record's key names the key", async () => {
    const answer = await api.patch('/v1/countries/PAK', { code: 'IND' })
    expect(answer.status).toBe(422)
    expect(answer.json<Refusal>().errors).toEqual([
      {
        pointer: '/code',
        code: 'read_only',
        message: 'is the key of the record and stays "PAK": make another record for another key',
      },
    ])
  })

  it('without a key or with a wrong one never repeats the key', async () => {
    const without = await api.post('/v1/agreements', agreement, { key: null })
    expect(without.status).toBe(401)
    expect(without.json<Refusal>().detail).toBe('A key is needed to write: send Authorization: Bearer <key>.')
    const wrong = await api.post('/v1/agreements', agreement, { key: 'not-the-key-of-anybody' })
    expect(wrong.status).toBe(401)
    expect(wrong.json<Refusal>().detail).toBe('The key is not known here.')
    expect(wrong.text).not.toContain('not-the-key-of-anybody')
  })

  it('with another method or media type names those that are allowed', async () => {
    const method = await api.request('DELETE', '/v1/agreements', { headers: { 'if-match': '*' } })
    expect(method.status).toBe(405)
    expect(method.json<Refusal>().detail).toBe(
      '/v1/agreements takes GET, POST, HEAD, OPTIONS and not DELETE.',
    )
    const format = await api.post('/v1/agreements', 'title: A', { headers: { 'content-type': 'text/yaml' } })
    expect(format.status).toBe(415)
    expect(format.json<Refusal>().detail).toBe(
      'The body must be application/json or application/x-ndjson, not text/yaml.',
    )
  })
})
