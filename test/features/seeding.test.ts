// @module-tag slow

import type pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withLock } from '../../src/database/lock.ts'
import { isEmpty, seed } from '../../src/features/seeding/seed.ts'
import { countInList } from '../support/aggregates.ts'
import { type Api, startTestApi, useTestApi } from '../support/api.ts'
import { openMigratedDatabase, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { listAll, resourceOf } from '../support/documents.ts'
import { findByExternalId } from '../support/find-records.ts'

/** Returns the number of rows of each table that has rows, by the name of the table. */
async function rowCounts(pool: pg.Pool): Promise<Record<string, number>> {
  const contents = await contentsOf(pool)
  return Object.fromEntries(Object.entries(contents).map(([table, { rows }]) => [table, rows]))
}

/** Returns the number of rows of each table that has rows, and a digest of them with versions and timestamps. */
async function contentsOf(pool: pg.Pool): Promise<Record<string, { rows: number; digest: string }>> {
  const { rows: tables } = await pool.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public' order by 1",
  )
  const contents = await Promise.all(
    tables.map(async ({ name }) => {
      const { rows } = await pool.query<{ rows: number; digest: string }>(
        `select count(*)::int as rows, md5(string_agg(t::text, e'\\n' order by t::text)) as digest from "${name}" t`,
      )
      return rows.map((content) => [name, content] as const)
    }),
  )
  return Object.fromEntries(contents.flat().filter(([, { rows }]) => rows > 0))
}

/** Seeding takes long when the machine has other work. */
const slow = { timeout: 60_000 }

const referenceTables = {
  regions: 34,
  countries: 353,
  topics: 430,
  countries_groups: expect.any(Number),
  countries_successors: expect.any(Number),
  records: 34 + 353 + 430,
  revisions: 34 + 353 + 430,
  // The settings are not seeds. One of them is the secret that signs cursors.
  settings: 3,
}

describe('seeding a database without records', slow, () => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await openMigratedDatabase()
  })
  afterEach(() => database.close())

  it('`reference` omits `interview-2011`, and `all` after it gives as many rows as `all` alone', async () => {
    await seed(database.database, 'reference')
    expect(await rowCounts(database.pool)).toEqual(referenceTables)
    await seed(database.database, 'all')
    const whole = await openTestDatabase()
    try {
      expect(await rowCounts(database.pool)).toEqual(await rowCounts(whole.pool))
    } finally {
      await whole.close()
    }
  })

  it('writes nothing at all when one of its records is refused', async () => {
    await database.pool.query(
      "alter table citations add constraint refused check (property is distinct from '/context')",
    )
    await expect(seed(database.database, 'all')).rejects.toThrow('refused')
    expect(await rowCounts(database.pool)).toEqual({ settings: 3 })
  })

  it('happens once when two seedings run concurrently under the lock', async () => {
    const seedUnderLock = () => withLock(database.database, 'seed', () => seed(database.database, 'all'))
    const [one, other] = await Promise.all([seedUnderLock(), seedUnderLock()])
    const [first, second] = one.created > 0 ? [one, other] : [other, one]
    expect(second).toEqual({ created: 0, present: first.created })
    expect(await rowCounts(database.pool)).toMatchObject({ regions: 34, agreements: 4, figures: 8 })
  })

  it('creates no duplicates when two seedings run concurrently without the lock', async () => {
    const seedings = [seed(database.database, 'all'), seed(database.database, 'all')]
    const outcomes = await Promise.allSettled(seedings)
    expect(outcomes.map(({ status }) => status)).toContain('fulfilled')
    expect(await rowCounts(database.pool)).toMatchObject({ regions: 34, agreements: 4, figures: 8 })
  })

  it('`isEmpty` is true only while there is no record of any resource', async () => {
    expect(await isEmpty(database.database)).toBe(true)
    await database.pool.query("insert into topics (slug, name, scheme) values ('one', 'One', 'domain')")
    expect(await isEmpty(database.database)).toBe(false)
  })
})

describe('seeding a registry that is in use', slow, () => {
  let api: Api
  beforeEach(async () => {
    api = await startTestApi()
  })
  afterEach(() => api.close())

  const pakistanAgreement = () => findByExternalId(api, 'agreements', 'interview-2011:F01')

  it('changes nothing when all seeds exist: no row, no version, no timestamp', async () => {
    const before = await contentsOf(api.pool)
    const { created, present } = await seed(api.database, 'all')
    expect(created).toBe(0)
    expect(present).toBeGreaterThan(800)
    expect(await contentsOf(api.pool)).toEqual(before)
  })

  it('does not change records that people have edited', async () => {
    const { id } = await pakistanAgreement()
    await api.patch(`/v1/agreements/${id}`, { title: 'As we call it', parties: [], summary: null })
    await api.patch('/v1/countries/PAK', { name: 'As they call it', groups: [] })
    await api.patch('/v1/topics/energy', { broader: null, aliases: [] })
    const edited = await contentsOf(api.pool)
    await seed(api.database, 'all')
    expect(await contentsOf(api.pool)).toEqual(edited)
    expect(await pakistanAgreement()).toMatchObject({ id, title: 'As we call it', version: 2, parties: [] })
  })

  it('keeps a record that has the external id of a seed, and lets other seeds refer to it', async () => {
    const { id: seeded } = await pakistanAgreement()
    const citations = (await api.get(`/v1/citations?record=${seeded}`)).json<{ data: { id: string }[] }>()
    for (const { id } of citations.data) await api.delete(`/v1/citations/${id}`)
    await api.delete(`/v1/agreements/${seeded}`)
    const externalIds = [{ scheme: 'interview-2011', id: 'F01' }]
    const ours = { title: 'Our own account', kind: 'other', externalIds }
    const { id } = (await api.post('/v1/agreements', ours)).json()

    expect((await seed(api.database, 'all')).created).toBe(citations.data.length)
    expect(await pakistanAgreement()).toMatchObject({ id, title: 'Our own account', version: 1 })
    const again = (await api.get(`/v1/citations?record=${id}`)).json<{ data: unknown[] }>()
    expect(again.data).toHaveLength(citations.data.length)
  })

  it('finds records by external ids whose case or Unicode form people have changed', async () => {
    const { id } = await pakistanAgreement()
    await api.patch(`/v1/agreements/${id}`, { externalIds: [{ scheme: 'interview-2011', id: 'ｆ０１' }] })
    const { data } = (await api.get(`/v1/citations?record=${id}`)).json<{ data: { id: string }[] }>()
    await api.delete(`/v1/citations/${data[0]?.id}`)
    expect(await seed(api.database, 'all')).toMatchObject({ created: 1 })
    const again = await api.get(`/v1/citations?record=${id}`)
    expect(again.json<{ data: unknown[] }>().data).toHaveLength(data.length)
  })

  it('recreates a removed record, and adds nothing else', async () => {
    const before = await findByExternalId(api, 'citations', 'interview-2011:F36')
    await api.delete(`/v1/citations/${before.id}`)
    const countsWithout = await rowCounts(api.pool)
    expect((await seed(api.database, 'all')).created).toBe(1)
    const after = await findByExternalId(api, 'citations', 'interview-2011:F36')
    const { id, createdAt, updatedAt, ...same } = before
    expect(after).toMatchObject(same)
    expect(await rowCounts(api.pool)).toEqual({
      ...countsWithout,
      citations: (countsWithout.citations ?? 0) + 1,
      external_ids: (countsWithout.external_ids ?? 0) + 1,
      records: (countsWithout.records ?? 0) + 1,
      revisions: (countsWithout.revisions ?? 0) + 1,
    })
  })
})

describe('the reference data', () => {
  const api = useTestApi()

  interface Country {
    code: string
    alpha2: string
    numeric: string | null
    region: string | null
    groups: string[]
    validTo: string | null
    successors: string[]
  }

  const readAll = <Entry>(resource: string) => listAll<Entry>(api, resourceOf(resource))

  it('has the 249 countries of ISO 3166-1 with unique codes', async () => {
    const current = (await readAll<Country>('countries')).filter(({ validTo }) => validTo === null)
    // ISO leaves codes that begin with X to users. Kosovo has such a code.
    const isoCountries = current.filter(({ code }) => !code.startsWith('X'))
    expect(current.filter((country) => !isoCountries.includes(country)).map(({ code }) => code)).toEqual([
      'XKX',
    ])
    expect(isoCountries).toHaveLength(249)
    for (const code of ['code', 'alpha2', 'numeric'] as const) {
      expect(new Set(isoCountries.map((country) => country[code])).size, code).toBe(249)
    }
    expect(isoCountries.filter(({ numeric }) => numeric === null)).toEqual([])
  })

  it('gives every former state successors, each current or ended later', async () => {
    const countries = await readAll<Country>('countries')
    const withdrawn = countries.filter(({ validTo }) => validTo !== null)
    expect(withdrawn.map(({ code }) => code)).toEqual(expect.arrayContaining(['SUN', 'YUG', 'CSK', 'DDR']))
    const endOf = new Map(countries.map(({ code, validTo }) => [code, validTo ?? '9999']))
    for (const { code, validTo, successors } of withdrawn) {
      expect(successors.length, `successors of ${code}`).toBeGreaterThan(0)
      for (const successor of successors) {
        expect((endOf.get(successor) ?? '') > (validTo ?? ''), `${successor} after ${code}`).toBe(true)
      }
    }
    expect(countries.filter(({ validTo, successors }) => validTo === null && successors.length > 0)).toEqual(
      [],
    )
  })

  it('has regions in one tree below the world, and groups outside the tree', async () => {
    const regions = await readAll<{ code: string; kind: string; parent: string | null }>('regions')
    const tree = regions.filter(({ kind }) => kind !== 'group')
    expect(tree.filter(({ parent }) => parent === null).map(({ code }) => code)).toEqual(['001'])
    expect(await countInList(api, '/v1/regions?region=001')).toBe(tree.length)
    expect(regions.filter(({ kind, parent }) => kind === 'group' && parent !== null)).toEqual([])
    const parentKinds = { region: 'world', subregion: 'region', intermediate_region: 'subregion' }
    const kindOf = new Map(regions.map(({ code, kind }) => [code, kind]))
    for (const { code, kind, parent } of tree.filter((region) => region.parent !== null)) {
      expect(kindOf.get(parent ?? ''), `kind of the parent of ${code}`).toBe(Reflect.get(parentKinds, kind))
    }
  })

  it('places every country in a region of the tree, and only current countries in groups', async () => {
    const countries = await readAll<Country>('countries')
    expect(countries.filter(({ region }) => region === null)).toEqual([])
    expect(await countInList(api, '/v1/countries?region=001')).toBe(countries.length)
    expect(countries.filter(({ groups, validTo }) => groups.length > 0 && validTo !== null)).toEqual([])
  })

  it.each([
    ['the least developed countries', '199', ['BGD', 'ETH'], ['CHN', 'BTN', 'PAK']],
    ['the landlocked developing countries', '432', ['NPL', 'BOL'], ['CHE', 'PAK']],
    ['the small island developing States', '722', ['MDV', 'FJI'], ['LKA', 'ISL']],
    ['the developing regions', '902', ['CHN', 'PAK', 'ZAF'], ['DEU', 'USA', 'JPN', 'AUS', 'RUS']],
  ])('has known members of %s, and no known non-members', async (_group, code, members, others) => {
    const found = (await api.get(`/v1/countries?region=${code}&limit=200&fields=code`)).json<{
      data: { code: string }[]
    }>()
    const codes = found.data.map((country) => country.code)
    expect(codes).toEqual(expect.arrayContaining(members))
    expect(codes.filter((member) => others.includes(member))).toEqual([])
  })

  it.each([
    [48, 'ford'],
    [5, 'challenge'],
    [20, 'domain'],
    [377, 'crs'],
  ])('has %i topics of the scheme %s', async (count, scheme) => {
    expect(await countInList(api, `/v1/topics?scheme=${scheme}`)).toBe(count)
  })

  it('has main sectors of the DAC at the top, and subsectors below them', async () => {
    const topics = await readAll<{ slug: string; scheme: string; code: string; broader: string | null }>(
      'topics',
    )
    const crs = new Map(
      topics.filter(({ scheme }) => scheme === 'crs').map(({ code, broader }) => [code, broader]),
    )
    for (const sector of ['110', '120', '150', '310', '320', '330', '420', '700']) {
      expect({ sector, broader: crs.get(sector) }).toEqual({ sector, broader: null })
    }
    for (const [part, sector] of Object.entries({
      114: '110',
      123: '120',
      152: '150',
      332: '330',
      740: '700',
    })) {
      expect({ part, broader: crs.get(part) }).toEqual({ part, broader: `crs-${sector}` })
    }
  })

  it('has the 6 fields of research and development at the top, and all others below them', async () => {
    const topics = (
      await readAll<{ scheme: string; slug: string; code: string; broader: string | null }>('topics')
    ).filter(({ scheme }) => scheme === 'ford')
    const fields = topics.filter(({ broader }) => broader === null)
    expect(fields.map(({ code }) => code)).toEqual(['1', '2', '3', '4', '5', '6'])
    for (const { broader, code } of topics.filter((topic) => topic.broader !== null)) {
      expect(broader).toBe(`ford-${code.split('.')[0]}`)
    }
  })
})
