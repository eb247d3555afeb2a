// @module-tag slow

import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { registry } from '../../src/resources/registry.ts'
import { aggregate } from '../support/aggregates.ts'
import { type Api, startTestApi, useTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { waitUntilBlocked } from '../support/blocked-sessions.ts'
import { type Document, databaseTime } from '../support/documents.ts'
import { create, createAt } from '../support/labelled-records.ts'
import { runWrites, sqlWrite } from '../support/sql-writes.ts'

/** Compares current aggregates, most of which read `participating_countries`, with aggregates of the past, which read participants. */

const api = useTestApi({ env: { CACHE_MB: '0' } })

const createOrganization = (api: Api, country: string | null) =>
  create(api, 'organizations', { name: `Institute of ${country}`, kind: 'academic', country })

/** Parties that name countries several times: in two roles, and through organizations. */
const someParties = (institute: string, union: string): Document[] => [
  { country: 'CHN', role: 'party' },
  { country: 'CHN', role: 'depositary' },
  { country: 'FRA', role: 'party' },
  { organization: institute, role: 'party' },
  { organization: union, role: 'observer' },
  { region: '150', role: 'observer' },
]

/** Returns an aggregate without its labels, and without its links, which contain the time. */
async function groupsOf(api: Api, resource: string, parameters: Record<string, string>) {
  const { data, groups, total, other } = await aggregate(api, resource, { limit: '1000', ...parameters })
  return {
    data: data.map(({ key, measures }) => ({ key, measures })),
    groups,
    total,
    others: other?.measures,
  }
}

/** Expects the current aggregate to equal the aggregate as of the current time. */
async function expectSame(api: Api, resource: string, parameters: Record<string, string>): Promise<void> {
  const asOf = await databaseTime(api)
  const current = await groupsOf(api, resource, parameters)
  expect(current, `${resource} ${JSON.stringify(parameters)}`).toEqual(
    await groupsOf(api, resource, { ...parameters, asOf }),
  )
}

const groupings: ({ groupBy: string; role?: string } & Record<string, string>)[] = [
  { groupBy: 'country' },
  { groupBy: 'country', country: 'CHN,FRA' },
  { groupBy: 'country', role: 'party' },
  { groupBy: 'country', partnerOf: 'CHN' },
  { groupBy: 'country,role' },
  { groupBy: 'country,status' },
  { groupBy: 'country,topic', measures: 'count,countDistinct:region' },
  { groupBy: 'status,country', 'country[isNull]': 'true' },
  { groupBy: 'country', measures: 'countDistinct:country,count', having: 'count>=2' },
  { groupBy: 'region', measures: 'countDistinct:country' },
]

/** The resources with participants, each with the groupings whose dimensions and roles it has. */
const requests = [...registry.participants].flatMap(([resource, { roles }]) =>
  groupings
    .filter(({ groupBy }) => groupBy.split(',').every((name) => name in registry.get(resource).dimensions))
    .filter(({ role }) => role === undefined || roles.includes(role))
    .map((parameters) => ({ resource, parameters })),
)

const rounds = fc.record({
  writes: fc.array(
    fc.record({ write: sqlWrite, ofParticipants: fc.boolean() }).map(({ write, ofParticipants }) => ({
      ...write,
      table: ofParticipants ? 'participations' : write.table,
    })),
    { minLength: 1, maxLength: 6 },
  ),
  patchedCountries: fc.array(fc.constantFrom('CHN', 'FRA', 'DEU', 'PAK'), { maxLength: 3 }),
  request: fc.constantFrom(...requests),
})

describe('an aggregate by country', () => {
  it('counts participants, organizations and hosts after any writes, including writes by SQL', async () => {
    // Uses a separate registry, since the writes may remove any country.
    const separate = await startTestApi({ env: { CACHE_MB: '0' } })
    onTestFinished(() => separate.close())
    const institute = await createOrganization(separate, 'FRA')
    const parties = someParties(institute, await createOrganization(separate, null))
    const path = await createAt(separate, 'agreements', { title: 'Several', kind: 'treaty', parties })
    await fc.assert(
      fc.asyncProperty(rounds, async ({ writes, patchedCountries, request }) => {
        await runWrites(separate.pool, writes, 'commit')
        const patchedParties = [...new Set(patchedCountries)].map((country) => ({ country, role: 'party' }))
        const response = await separate.patch(path, {
          parties: [...patchedParties, { organization: institute, role: 'party' }],
        })
        // The writes may have removed the agreement, its organization or a country.
        expect([200, 404, 409, 422]).toContain(response.status)
        await expectSame(separate, request.resource, request.parameters)
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  it('is updated when participants are replaced, and when their record is removed', async () => {
    const parties = [
      { country: 'BRA', role: 'party' },
      { country: 'ARG', role: 'party' },
    ]
    const created = await api.post('/v1/agreements', { title: 'Replaced', kind: 'treaty', parties })
    const path = `/v1/agreements/${created.json<{ id: string }>().id}`
    const count = async () => {
      const { data } = await groupsOf(api, 'agreements', { groupBy: 'country', country: 'BRA,ARG,CHL' })
      return Object.fromEntries(data.map(({ key, measures }) => [key.country, measures.count]))
    }
    const before = await count()
    const chile = [{ country: 'CHL', role: 'party' }]
    const put = await api.put(path, { title: 'Replaced', kind: 'treaty', parties: chile })
    expect(put.status, put.text).toBe(200)
    const replaced = await count()
    expect(replaced.CHL).toBe((before.CHL ?? 0) + 1)
    expect(replaced.BRA ?? 0).toBe(Number(before.BRA) - 1)
    await api.delete(path, { key: adminKey })
    expect((await count()).CHL ?? 0).toBe(before.CHL ?? 0)
    await expectSame(api, 'agreements', { groupBy: 'country' })
  })

  it('is updated when an organization moves to another country, and the past is unchanged', async () => {
    const institute = await createOrganization(api, 'FRA')
    const parties = [
      { country: 'CHN', role: 'party' },
      { organization: institute, role: 'party' },
    ]
    const created = await api.post('/v1/agreements', { title: 'Moving', kind: 'treaty', parties })
    const { id } = created.json<{ id: string }>()
    const countries = async (asOf?: string) =>
      (
        await groupsOf(api, 'agreements', { groupBy: 'country', sort: 'country', id, ...(asOf && { asOf }) })
      ).data.map(({ key }) => key.country)
    const before = await databaseTime(api)
    expect(await countries()).toEqual(['CHN', 'FRA'])
    expect((await api.patch(`/v1/organizations/${institute}`, { country: 'DEU' })).status).toBe(200)
    expect(await countries()).toEqual(['CHN', 'DEU'])
    expect(await countries(before)).toEqual(['CHN', 'FRA'])
    await api.patch(`/v1/organizations/${institute}`, { country: null })
    expect(await countries()).toEqual(['CHN'])
    await expectSame(api, 'agreements', { groupBy: 'country', country: 'CHN,DEU,FRA' })
  })

  it('counts the new country of an organization that moves while a record is written', async () => {
    const institute = await createOrganization(api, 'FRA')
    const parties = [{ organization: institute, role: 'party' }]
    const create = async () => {
      const created = await api.post('/v1/agreements', { title: 'Meanwhile', kind: 'treaty', parties })
      expect(created.status, created.text).toBe(201)
    }
    const client = await api.pool.connect()
    try {
      await client.query('begin')
      await client.query(`update organizations set country = 'DEU' where id = $1`, [institute])
      const writing = create()
      await waitUntilBlocked(api.pool)
      await client.query('commit')
      await writing
    } finally {
      client.release(true)
    }
    await create()
    await expectSame(api, 'agreements', { groupBy: 'country', organization: institute })
    const { data } = await groupsOf(api, 'agreements', { groupBy: 'country', organization: institute })
    expect(data).toEqual([{ key: { country: 'DEU' }, measures: { count: 2 } }])
  })

  it('counts each participant of a record with the maximum number of participants', async () => {
    await api.pool.query(`insert into countries (code, name)
      select 'Q' || chr(65 + at / 26) || chr(65 + at % 26), 'Country ' || at from generate_series(0, 499) at on conflict do nothing`)
    const { rows } = await api.pool.query<{ code: string }>(
      `select code from countries where code like 'Q%' limit 500`,
    )
    const parties = rows.map(({ code }) => ({ country: code, role: 'party' }))
    const created = await api.post('/v1/agreements', { title: 'All', kind: 'treaty', parties })
    expect(created.status, created.text).toBe(201)
    const { groups } = await groupsOf(api, 'agreements', {
      groupBy: 'country',
      id: created.json<{ id: string }>().id,
    })
    expect(groups.count).toBe(500)
  })

  it('ignores SQL writes to the column that is computed from participants', async () => {
    await api.pool.query(`update agreements set participating_countries = '{XXX}'`)
    await expectSame(api, 'agreements', { groupBy: 'country' })
  })
})
