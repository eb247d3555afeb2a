import { describe, expect, it } from 'vitest'
import { useTestApi } from '../../support/api.ts'
import { seededKey } from '../../support/documents.ts'
import { resources } from '../../support/registry.ts'

const api = useTestApi()

const anonymous = { key: null }

/** Resolves the name of a country. @returns its key; undefined if it is not resolved. */
async function keyOf(name: string): Promise<string | undefined> {
  const queries = [{ resource: 'countries', name }]
  const response = await api.post('/v1/resolve', { queries }, anonymous)
  return response.json<{ data: { match?: { key: string } }[] }>().data[0]?.match?.key
}

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

  it('resolves a name without letters to no record of any resource', async () => {
    // A citation without an excerpt has no title.
    const record = { resource: 'countries', id: 'CHN' }
    const citation = { source: await seededKey(api, 'sources'), record }
    expect((await api.post('/v1/citations', citation)).status).toBe(201)
    for (const name of ['-', '?', '.', '...', '*', '%', '"', '😀', '\u0301']) {
      const queries = resources.map((resource) => ({ resource: resource.name, name }))
      const response = await api.post('/v1/resolve', { queries }, anonymous)
      expect(response.status, name).toBe(200)
      const { data } = response.json<{ data: { status: string }[] }>()
      // A question mark marks a name as doubtful.
      const status = name === '?' ? 'ambiguous' : 'unresolved'
      expect(data, name).toMatchObject(queries.map(() => ({ status })))
    }
  })

  it('refuses 1,001 names, and returns pointers to an unknown resource and a malformed country', async () => {
    const many = Array.from({ length: 1001 }, () => ({ resource: 'countries', name: 'China' }))
    expect((await api.post('/v1/resolve', { queries: many }, anonymous)).status).toBe(422)
    const queries = [{ resource: 'countrys', name: 'China', country: 'China' }]
    const response = await api.post('/v1/resolve', { queries }, anonymous)
    expect(response.status).toBe(422)
    const { errors } = response.json<{ errors: { pointer: string; message: string }[] }>()
    expect(errors.map(({ pointer }) => pointer)).toEqual(['/queries/0/resource', '/queries/0/country'])
    expect(errors[0]?.message).toContain('countries')
  })

  it('refuses a date that is not EDTF, with its pointer and the position of the fault', async () => {
    for (const on of ['5 May 2005', '20005', '']) {
      const queries = [{ resource: 'countries', name: 'Burma', on }]
      const response = await api.post('/v1/resolve', { queries }, anonymous)
      expect(response.json(), on).toMatchObject({
        status: 422,
        errors: [{ pointer: '/queries/0/on', code: 'invalid_date' }],
      })
      if (on !== '') expect(response.text).toMatch(/at character|write 2005-05-05/)
    }
  })

  it('says if no record has a code of the scheme, with the most similar scheme', async () => {
    const queries = [
      { resource: 'countries', name: 'Pakistan', scheme: 'alpha' },
      { resource: 'countries', name: 'Pakistan', scheme: 'ror' },
      { resource: 'topics', name: 'Energy', scheme: 'fords' },
      { resource: 'topics', name: 'energy', scheme: 'alpha3' },
      { resource: 'regions', name: '034', scheme: 'alpha3' },
      { resource: 'countries', name: 'ZZ', scheme: 'iso3166' },
    ]
    const { data } = (await api.post('/v1/resolve', { queries }, anonymous)).json<{ data: object[] }>()
    expect(data).toMatchObject(
      [
        'No record of countries has a code of the scheme "alpha"; did you mean "alpha3"?',
        'No record of countries has a code of the scheme "ror".',
        'No record of topics has a code of the scheme "fords"; did you mean "ford"?',
        'No record of topics has a code of the scheme "alpha3".',
        'No record of regions has a code of the scheme "alpha3".',
        'No record has this code or name in this scheme.',
      ].map((detail) => ({ status: 'unresolved', detail })),
    )
  })

  it('proposes equally similar names in the order of their keys, whatever was changed last', async () => {
    const titles = ['ab', 'cd', 'ef', 'gh', 'ij', 'kl'].map((end) => `Zirconium ${end}`)
    const keys: string[] = []
    for (const title of titles) {
      const project = await api.post('/v1/projects', { title, kind: 'other' })
      keys.push(project.json<{ id: string }>().id)
    }
    // Changed rows are stored in the order of their changes.
    for (const key of keys.toReversed())
      await api.patch(`/v1/projects/${key}`, { summary: 'It was changed.' })
    const queries = [{ resource: 'projects', name: 'Zirconium' }]
    const { data } = (await api.post('/v1/resolve', { queries }, anonymous)).json<{
      data: { candidates: { key: string }[] }[]
    }>()
    expect(data[0]?.candidates.map(({ key }) => key)).toEqual(keys.slice(0, 3))
  })

  it('resolves a new alias immediately', async () => {
    expect(await keyOf('Tiergartenland')).toBeUndefined()
    await api.patch('/v1/countries/AUT', { aliases: [{ name: 'Tiergartenland', language: null }] })
    expect(await keyOf('Tiergartenland')).toBe('AUT')
  })

  it('resolves a new alias of a transaction that commits after a later change', async () => {
    const client = await api.pool.connect()
    try {
      await client.query('begin')
      const aliases = JSON.stringify([{ name: 'Longcommitland', language: null }])
      await client.query("update countries set aliases = $1 where code = 'BEL'", [aliases])
      await api.patch('/v1/countries/CHE', { aliases: [{ name: 'Latechangeland', language: null }] })
      expect(await keyOf('Latechangeland')).toBe('CHE')
      expect(await keyOf('Longcommitland')).toBeUndefined()
      await client.query('commit')
    } finally {
      // Discards the connection, so that a failed test leaves no open transaction.
      client.release(true)
    }
    // The cache serves the response from before the commit until the notification of the commit has arrived.
    await expect.poll(() => keyOf('Longcommitland')).toBe('BEL')
  })
})
