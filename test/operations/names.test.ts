import { beforeAll, describe, expect, it, vi } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { waitUntilCached } from '../support/cache-status.ts'
import { createRecord, exampleDocument, resourceOf } from '../support/documents.ts'

const [organizations, agreements] = [resourceOf('organizations'), resourceOf('agreements')]

const api = useTestApi()
let organization: string
let path: string
beforeAll(async () => {
  await waitUntilCached(api)
  organization = await makeOrganization('First Institute', 'public')
  path = await makeAgreement(organization, 'public')
})

const makeOrganization = async (name: string, visibility: string) => {
  const document = {
    name,
    visibility,
    parent: null,
    country: null,
    aliases: [{ name: '第一研究所', language: 'zh' }],
  }
  return (await createRecord(organizations, api, await exampleDocument(organizations, api, document))).key
}

const makeAgreement = async (party: string, visibility: string) => {
  const parties = [{ organization: party, role: 'party' }]
  const document = await exampleDocument(agreements, api, { parties, relations: [], visibility })
  return (await createRecord(agreements, api, document)).path
}

const readName = async (query = '', key: string | null = null) => {
  const response = await api.get(`${path}?include=names${query}`, { key })
  expect(response.status, response.text).toBe(200)
  return response.json<{ names: { organizations: Record<string, string> } }>().names.organizations[
    organization
  ]
}

describe('names', () => {
  it('are in the language of the request if the record has an alias in that language', async () => {
    expect(await readName('&lang=zh')).toBe('第一研究所')
    expect(await readName('&lang=en')).toBe('First Institute')
  })

  it('are updated as soon as a change to the name is acknowledged', async () => {
    expect(await readName()).toBe('First Institute')
    await api.patch(`/v1/organizations/${organization}`, { name: 'Second Institute' })
    expect(await readName()).toBe('Second Institute')
  })

  it('are updated after a change in SQL', async () => {
    await readName()
    await api.pool.query('update organizations set name = $1 where id = $2', [
      'Third Institute',
      organization,
    ])
    await vi.waitFor(async () => expect(await readName()).toBe('Third Institute'), { timeout: 5000 })
  })

  it('make a stored response stale when they change, even if another read had loaded them', async () => {
    const other = await makeAgreement(organization, 'public')
    const namesIn = async (record: string) => {
      const { names } = (await api.get(`${record}?include=names`)).json<{
        names: { organizations: object }
      }>()
      return Object.values(names.organizations)
    }
    const [before] = await namesIn(path)
    // The name was read for the response above, and is now in memory.
    expect(await namesIn(other)).toEqual([before])
    await api.pool.query('update organizations set name = $1 where id = $2', [
      'Fourth Institute',
      organization,
    ])
    await vi.waitFor(async () => expect(await namesIn(other)).toEqual(['Fourth Institute']), {
      timeout: 5000,
    })
  })

  it('are as of the time in asOf', async () => {
    const { rows } = await api.pool.query<{ now: Date }>('select clock_timestamp() as now')
    const before = await readName()
    await api.patch(`/v1/organizations/${organization}`, { name: 'Last Institute' })
    const asOf = `&asOf=${rows[0]?.now.toISOString()}`
    expect(await readName(asOf)).toBe(before)
    expect(await readName(asOf, adminKey)).toBe(before)
    expect(await readName()).toBe('Last Institute')
  })

  it('change the entity tag of a response that has them if the record is renamed', async () => {
    const before = (await api.get(`${path}?include=names`)).headers.get('etag')
    await api.patch(`/v1/organizations/${organization}`, { name: 'Renamed Institute' })
    expect((await api.get(`${path}?include=names`)).headers.get('etag')).not.toBe(before)
  })

  it('of internal records are hidden from anonymous readers', async () => {
    const internal = await makeOrganization('Secret Institute', 'internal')
    const secret = await makeAgreement(internal, 'internal')
    expect((await api.get(`${secret}?include=names`, { key: adminKey })).text).toContain('Secret Institute')
    const page = '/v1/agreements?limit=200&sort=-createdAt&include=names'
    expect((await api.get(page, { key: adminKey })).text).toContain('Secret Institute')
    expect((await api.get(page)).text).not.toContain('Secret Institute')
  })
})
