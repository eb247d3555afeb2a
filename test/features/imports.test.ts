import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, openApi } from '../support/api.ts'
import { importRows, newScheme, undo } from '../support/imports.ts'

/** Imports: what is written, what a repeated import changes, and what undoing one leaves. */

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

interface AgreementRecord {
  id: string
  version: number
  title: string
  summary: string | null
  parties: { country: string }[]
  citations?: { locator: { row: string }; sourceDetails: { title: string; context: string } }[]
}

async function agreementsOf(scheme: string, more = ''): Promise<AgreementRecord[]> {
  const answer = await api.get(`/v1/agreements?externalIdScheme=${scheme}&sort=title&limit=200${more}`)
  expect(answer.status, answer.text).toBe(200)
  return answer.json<{ data: AgreementRecord[] }>().data
}

const rows = (count: number) => Array.from({ length: count }, (_, at) => ({ id: `${at + 1}` }))

describe('an import', () => {
  it('creates a record for each row, with its names resolved, its source and its row', async () => {
    const scheme = newScheme()
    const imported = await importRows(api.database, scheme, rows(3))
    expect(imported).toMatchObject({ state: 'committed', failure: null, rowsRead: 3, counts: { created: 3 } })
    const [first, ...others] = await agreementsOf(scheme, '&include=citations')
    expect(others).toHaveLength(2)
    expect(first?.parties.map(({ country }) => country)).toEqual(['CHN', 'PAK'])
    expect(first?.citations).toMatchObject([
      {
        locator: { row: 'item 1' },
        sourceRecordId: '1',
        sourceDetails: { context: expect.stringContaining(imported.id) },
      },
    ])
    const found = await api.get(`/v1/agreements?source=${imported.source}&count=exact`)
    expect(found.json<{ page: { total: { count: number } } }>().page.total.count).toBe(3)
  })

  it('changes nothing when it is run again', async () => {
    const scheme = newScheme()
    await importRows(api.database, scheme, rows(5))
    const before = await agreementsOf(scheme, '&include=citations')
    const again = await importRows(api.database, scheme, rows(5))
    expect(again).toMatchObject({
      state: 'committed',
      source: null,
      counts: { unchanged: 5, created: 0, changed: 0 },
    })
    expect(await agreementsOf(scheme, '&include=citations')).toEqual(before)
  })
})

describe('an import after a person has changed a property', () => {
  it('keeps it, changes the others, and says so', async () => {
    const scheme = newScheme()
    await importRows(api.database, scheme, rows(2))
    const [record] = await agreementsOf(scheme)
    await api.patch(`/v1/agreements/${record?.id}`, { title: 'Corrected by hand', summary: 'By hand.' })
    const next = [{ id: '1', title: 'From the file', parties: ['China', 'Germany'] }, { id: '2' }]
    const imported = await importRows(api.database, scheme, next)
    expect(imported.counts).toMatchObject({ changed: 1, unchanged: 1, kept: 1 })
    expect(imported.report?.kept).toMatchObject([
      { resource: 'agreements', key: record?.id, reason: 'kept title' },
    ])
    const changed = (await agreementsOf(scheme)).find(({ id }) => id === record?.id)
    expect(changed).toMatchObject({ title: 'Corrected by hand', summary: 'By hand.' })
    expect(changed?.parties.map(({ country }) => country)).toEqual(['CHN', 'DEU'])
  })

  it('replaces it where the mapping says so', async () => {
    const scheme = newScheme()
    await importRows(api.database, scheme, rows(1))
    const [record] = await agreementsOf(scheme)
    await api.patch(`/v1/agreements/${record?.id}`, { title: 'Corrected by hand' })
    await importRows(api.database, scheme, rows(1), { onEdited: 'replace' })
    expect((await agreementsOf(scheme))[0]?.title).toBe('Agreement 1')
  })
})

describe('undoing an import', () => {
  const everything = async () => {
    const { rows: found } = await api.pool.query<{ document: string }>(
      `select (document::jsonb - 'version' - 'createdAt' - 'updatedAt')::text as document from records order by id`,
    )
    return found.map(({ document }) => document)
  }

  it('leaves the documents of the registry as they were before', async () => {
    const scheme = newScheme()
    await importRows(api.database, scheme, rows(3))
    const before = await everything()
    const imported = await importRows(api.database, scheme, [
      { id: '1', title: 'Other' },
      { id: '2' },
      { id: '9', title: 'New' },
    ])
    expect(imported.counts).toMatchObject({ created: 1, changed: 1, unchanged: 1 })
    expect(await everything()).not.toEqual(before)
    const undone = await undo(api.database, imported)
    expect(undone).toMatchObject({ state: 'undone', report: { keptCount: 0 } })
    expect(await everything()).toEqual(before)
  })

  it('keeps and reports what others have changed since', async () => {
    const scheme = newScheme()
    const imported = await importRows(api.database, scheme, rows(2))
    const [one, other] = await agreementsOf(scheme)
    await api.patch(`/v1/agreements/${one?.id}`, { summary: 'By hand.' })
    const undone = await undo(api.database, imported)
    expect(undone.report?.kept).toContainEqual({
      resource: 'agreements',
      key: one?.id,
      reason: 'was changed since',
    })
    expect((await agreementsOf(scheme)).map(({ id }) => id)).toEqual([one?.id])
    expect((await api.get(`/v1/agreements/${other?.id}`)).status).toBe(404)
  })
})
