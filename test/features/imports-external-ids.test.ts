import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, startTestApi } from '../support/api.ts'
import { importCsv, newScheme, undo } from '../support/imports.ts'

/** External ids of another scheme that the rows of a register state for their records. */

let api: Api
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

interface Agreement {
  id: string
  externalIds: { scheme: string; id: string }[]
}

const mappingOf = (scheme: string, onEdited: 'keep' | 'replace') => `scheme: ${scheme}
rows: {format: csv}
onEdited: ${onEdited}
records:
  agreements:
    id: Id
    properties:
      title: Id
      kind: =treaty
      externalIds: {each: {from: Others, split: "|"}, scheme: =${scheme}-other, id: .}
`

/** Imports rows such as `1,Q1|Q2`. */
const importIds = (scheme: string, rows: string[], onEdited: 'keep' | 'replace' = 'keep') =>
  importCsv(api.database, mappingOf(scheme, onEdited), ['Id,Others', ...rows, ''].join('\n'))

async function find(scheme: string, id: string): Promise<Agreement> {
  const response = await api.get(`/v1/agreements?externalId=${scheme}:${id}`)
  const [found] = response.json<{ data: Agreement[] }>().data
  if (!found) throw new Error(`there is no record ${id}`)
  return found
}

/** Returns the ids of a record in the other scheme, sorted. */
const othersOf = async (scheme: string, id: string) =>
  (await find(scheme, id)).externalIds.flatMap((one) => (one.scheme === scheme ? [] : [one.id])).sort()

async function setOthers(scheme: string, id: string, others: string[]): Promise<void> {
  const externalIds = [{ scheme, id }, ...others.map((other) => ({ scheme: `${scheme}-other`, id: other }))]
  const edited = await api.patch(`/v1/agreements/${(await find(scheme, id)).id}`, { externalIds })
  expect(edited.status, edited.text).toBe(200)
}

describe('external ids that a register corrects', () => {
  it('replace the earlier ones, also if two rows exchange theirs', async () => {
    const scheme = newScheme()
    await importIds(scheme, ['1,Q1|Q5', '2,Q2'])
    const corrected = await importIds(scheme, ['1,Q2|Q5', '2,Q1'])
    expect(corrected.counts).toMatchObject({ changed: 2, refused: 0, kept: 0 })
    expect(await othersOf(scheme, '1')).toEqual(['Q2', 'Q5'])
    expect(await othersOf(scheme, '2')).toEqual(['Q1'])
    expect((await importIds(scheme, ['1,Q2|Q5', '2,Q1'])).counts).toMatchObject({ unchanged: 2 })
    expect(await undo(api.database, corrected)).toMatchObject({ state: 'undone', report: { keptCount: 0 } })
    expect(await othersOf(scheme, '1')).toEqual(['Q1', 'Q5'])
  })

  it('stay if the row has none any more, and are replaced when it has others later', async () => {
    const scheme = newScheme()
    await importIds(scheme, ['1,Q1'])
    expect((await importIds(scheme, ['1,'])).counts).toMatchObject({ changed: 0, unchanged: 1 })
    expect(await othersOf(scheme, '1')).toEqual(['Q1'])
    await importIds(scheme, ['1,Q2'])
    expect(await othersOf(scheme, '1')).toEqual(['Q2'])
    await importIds(scheme, ['1,Q1'])
    expect(await othersOf(scheme, '1')).toEqual(['Q1'])
  })
})

describe('external ids that somebody has changed', () => {
  it('are kept and reported if one of the register was removed, and completed with replace', async () => {
    const scheme = newScheme()
    await importIds(scheme, ['1,Q1'])
    await setOthers(scheme, '1', ['Q777'])
    for (const row of ['1,Q1', '1,Q2', '1,Q2']) {
      expect(await importIds(scheme, [row])).toMatchObject({
        counts: { changed: 0, unchanged: 1, kept: 1 },
        report: { kept: [{ reason: 'kept externalIds' }] },
      })
      expect(await othersOf(scheme, '1')).toEqual(['Q777'])
    }
    expect((await importIds(scheme, ['1,Q2'], 'replace')).counts).toMatchObject({ changed: 1, kept: 0 })
    expect(await othersOf(scheme, '1')).toEqual(['Q2', 'Q777'])
  })

  it('do not prevent a correction if ids were only added', async () => {
    const scheme = newScheme()
    await importIds(scheme, ['1,Q1'])
    await setOthers(scheme, '1', ['Q1', 'Q777'])
    expect((await importIds(scheme, ['1,Q2'])).counts).toMatchObject({ changed: 1, kept: 0 })
    expect(await othersOf(scheme, '1')).toEqual(['Q2', 'Q777'])
  })
})
