import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, startTestApi } from '../../support/api.ts'

let api: Api
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

const anonymous = { key: null }

describe('POST /v1/resolve', () => {
  it('resolves up to 1,000 names of several resources without a key', async () => {
    const queries = Array.from({ length: 1000 }, (_, index) => ({
      resource: ['countries', 'organizations', 'regions', 'topics', 'projects'][index % 5],
      name: index % 5 === 0 ? 'Congo, Dem. Rep.' : `Nobody is called so ${index}`,
    }))
    const response = await api.post('/v1/resolve', { queries }, anonymous)
    expect(response.status).toBe(200)
    const { data } = response.json<{ data: { status: string; match?: { key: string } }[] }>()
    expect(data).toHaveLength(1000)
    expect(data[0]?.match?.key).toBe('COD')
    expect(data[1]?.status).toBe('unresolved')
  })

  it('refuses 1,001 names, and an unknown resource and a malformed country with pointers', async () => {
    const many = Array.from({ length: 1001 }, () => ({ resource: 'countries', name: 'China' }))
    expect((await api.post('/v1/resolve', { queries: many }, anonymous)).status).toBe(422)
    const queries = [{ resource: 'countrys', name: 'China', country: 'China' }]
    const response = await api.post('/v1/resolve', { queries }, anonymous)
    expect(response.status).toBe(422)
    const { errors } = response.json<{ errors: { pointer: string; message: string }[] }>()
    expect(errors.map(({ pointer }) => pointer)).toEqual(['/queries/0/resource', '/queries/0/country'])
    expect(errors[0]?.message).toContain('countries')
  })

  it('resolves a new alias immediately', async () => {
    const resolve = async () => {
      const queries = [{ resource: 'countries', name: 'Tiergartenland' }]
      const response = await api.post('/v1/resolve', { queries }, anonymous)
      return response.json<{ data: { status: string; match?: { key: string } }[] }>().data[0]
    }
    expect((await resolve())?.status).toBe('unresolved')
    await api.patch('/v1/countries/AUT', { aliases: [{ name: 'Tiergartenland', language: null }] })
    expect((await resolve())?.match?.key).toBe('AUT')
  })
})
