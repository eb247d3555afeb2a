// @module-tag slow

import { describe, expect, it, onTestFinished } from 'vitest'
import { migrate } from '../../src/database/migrate.ts'
import { useTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { openEmptyDatabase } from '../support/database.ts'
import { createRecord, type Document, faultAt, resourceOf } from '../support/documents.ts'
import { type Change, waitForFeed } from '../support/feed.ts'
import { runFirstMigrations } from '../support/first-migrations.ts'

const api = useTestApi()

/** Returns all changes that a query finds, from all its pages. */
async function readChanges(query: string, key: string | null = null): Promise<Change[]> {
  await waitForFeed(api)
  const found: Change[] = []
  for (let after: string | null = null; ; ) {
    const response = await api.get(`/v1/changes?limit=150&${query}${after ? `&after=${after}` : ''}`, { key })
    expect(response.status, response.text).toBe(200)
    const { data, page } = response.json<{ data: Change[]; page: { after: string; more: boolean } }>()
    found.push(...data)
    after = page.after
    if (!page.more) return found
  }
}

const keysOf = (found: Change[]) => found.map(({ key }) => key)
const party = (participant: Document) => ({ ...participant, role: 'party' })
const createAgreement = (parties: Document[], more: Document = {}) =>
  createRecord(resourceOf('agreements'), api, { title: 'x', kind: 'agreement', parties, ...more })
const createProject = (more: Document) =>
  createRecord(resourceOf('projects'), api, { title: 'x', kind: 'other', ...more })

/** Returns the texts of the properties with these names, at any depth. */
function textsOf(value: unknown, names: string[]): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === 'string' ? (names.includes(name) ? [inner] : []) : textsOf(inner, names),
  )
}

describe('GET /v1/changes', () => {
  it('returns the same changes with order=desc, newest first, page by page', async () => {
    const [forward, backward] = [await readChanges(''), await readChanges('order=desc')]
    expect(forward.length).toBeGreaterThan(300)
    expect(backward).toEqual(forward.toReversed())
  })

  it('returns the changes of one country, as computed from all changes', async () => {
    const all = await readChanges('')
    const countryOf = new Map(
      all
        .filter(({ resource }) => resource === 'organizations')
        .map(({ key, document }) => [key, document.country]),
    )
    for (const code of ['CHN', 'PAK', 'KEN']) {
      const isAbout = ({ resource, key, document }: Change) =>
        (resource === 'countries' && key === code) ||
        textsOf(document, ['country', 'hostCountry']).includes(code) ||
        textsOf(document, ['organization', 'hostOrganization']).some((id) => countryOf.get(id) === code)
      const expected = all.filter(isAbout)
      expect(expected.length).toBeGreaterThan(0)
      expect(await readChanges(`country=${code}&order=desc`)).toEqual(expected.toReversed())
      expect(await readChanges(`country=${code}`)).toEqual(expected)
    }
  })

  it('finds a country as party or location, or through organizations, even after removal', async () => {
    const { key: institute } = await createRecord(resourceOf('organizations'), api, {
      name: 'Institute',
      kind: 'academic',
      country: 'TON',
    })
    const records = [
      await createAgreement([party({ country: 'TON' }), party({ country: 'FJI' })]),
      await createAgreement([party({ organization: institute })]),
      await createProject({ locations: [{ country: 'TON' }] }),
      await createRecord(resourceOf('cooperation-bases'), api, {
        name: 'x',
        kind: 'other',
        hostOrganization: institute,
      }),
    ]
    await createAgreement([party({ country: 'FJI' })])
    for (const { path } of records) expect((await api.delete(path)).status).toBe(204)
    const created = [institute, ...records.map(({ key }) => key)]
    const found = await readChanges('country=TON&order=desc')
    const removals = found.filter(({ operation }) => operation === 'remove')
    expect(keysOf(removals)).toEqual(keysOf(found).slice(0, 4))
    expect(keysOf(removals).toReversed()).toEqual(records.map(({ key }) => key))
    expect(keysOf(found.slice(4)).toReversed().slice(-5)).toEqual(created)
    expect(keysOf(await readChanges('country=TON,FJI&order=desc'))[0]).toBe(records[3]?.key)
  })

  it('shows a reader without a key no change of an internal record', async () => {
    const { key } = await createAgreement([party({ country: 'NRU' })], { visibility: 'internal' })
    expect(keysOf(await readChanges('country=NRU&order=desc'))).not.toContain(key)
    expect(keysOf(await readChanges('country=NRU&order=desc', adminKey))[0]).toBe(key)
  })

  it('finds what was changed and removed in SQL', async () => {
    const { key, path } = await createProject({ locations: [{ country: 'PLW' }] })
    await api.pool.query(`update projects_locations set country = 'VUT' where record = '${key}'`)
    // The service composes the record in the background, and writes the revision.
    await expect.poll(async () => keysOf(await readChanges('country=VUT&order=desc'))[0]).toBe(key)
    await api.pool.query(`delete from projects where id = '${key}'`)
    expect((await api.get(path)).status).toBe(404)
    expect((await readChanges('country=VUT&order=desc')).slice(0, 2)).toMatchObject([
      { key, operation: 'remove' },
      { key, operation: 'replace' },
    ])
  })

  it('no longer finds a version from which the country was redacted', async () => {
    const { key, path } = await createProject({ locations: [{ name: 'Lab', country: 'TUV' }] })
    expect(keysOf(await readChanges('country=TUV'))).toContain(key)
    const body = { properties: ['/locations/country'], reason: 'A test' }
    const redacted = await api.request('POST', `${path}/redact`, { body, headers: { 'if-match': '*' } })
    expect(redacted.status, redacted.text).toBe(200)
    expect(keysOf(await readChanges('country=TUV'))).not.toContain(key)
  })

  it('finds a redacted version by the countries that it had, except redacted ones', async () => {
    const { key: institute, path: institutePath } = await createRecord(resourceOf('organizations'), api, {
      name: 'Institute of Niue',
      kind: 'academic',
      country: 'NIU',
    })
    const { key, path } = await createProject({
      participants: [{ organization: institute, role: 'funder' }],
      locations: [{ name: 'Lab', country: 'NIU' }],
      summary: 'By Jane Doe',
    })
    const redact = async (body: object) => {
      const redacted = await api.request('POST', `${path}/redact`, {
        body: { ...body, reason: 'A test' },
        headers: { 'if-match': '*' },
      })
      expect(redacted.status, redacted.text).toBe(200)
    }
    const versionsFrom = async (code: string) =>
      (await readChanges(`country=${code}`)).filter((one) => one.key === key).map(({ version }) => version)
    expect((await api.patch(institutePath, { country: 'COK' })).status).toBe(200)
    await redact({ text: 'Jane Doe' })
    expect([await versionsFrom('NIU'), await versionsFrom('COK')]).toEqual([[1, 2], [2]])
    await redact({ properties: ['/locations/country'] })
    expect([await versionsFrom('NIU'), await versionsFrom('COK')]).toEqual([[1], [2, 3]])
  })

  it.each([
    ['order=newest', 'order'],
    ['country=pak', 'country'],
    ['order=asc&order=desc', 'order'],
  ])('refuses %s and names the parameter', async (query, parameter) => {
    const response = await api.get(`/v1/changes?${query}`)
    expect(response.status).toBe(400)
    expect(faultAt(response, parameter)).toBeDefined()
  })
})

/** The number of migrations before the one that added the countries of revisions, `0007_changes-by-country`. */
const migrationsBefore = 7

it('the migration stores the countries of older revisions, and updates are still refused', async () => {
  const { pool, database, close } = await openEmptyDatabase()
  onTestFinished(close)
  await runFirstMigrations(pool, migrationsBefore)
  await pool.query(`insert into revisions (resource, key, version, operation, document, actor)
    values ('projects', 'one', 1, 'create', '{"participants":[{"country":"PAK"},{"country":null}]}', '{}')`)
  await migrate(database)
  const { rows } = await pool.query(`select countries from revisions where key = 'one'`)
  expect(rows).toEqual([{ countries: ['PAK'] }])
  await expect(pool.query(`update revisions set countries = '{}'`)).rejects.toThrow('refused')
})
