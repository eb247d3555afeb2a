// @module-tag slow

import { describe, expect, it } from 'vitest'
import { useTestApi } from '../../support/api.ts'
import { type Document, ifMatch } from '../../support/documents.ts'
import { findByExternalId } from '../../support/find-records.ts'
import { checkCsv, commit, importCsv, newScheme, undo } from '../../support/imports.ts'
import { create } from '../../support/labelled-records.ts'

/** Imports of records with values that people have set or changed. */

const api = useTestApi()

type OnEdited = 'keep' | 'replace'

const mappingOf = (scheme: string, onEdited: OnEdited) => `scheme: ${scheme}
onEdited: ${onEdited}
records:
  organizations:
    id: Id
    properties:
      name: Name
      kind: Kind
      country: Country
      website: Website
      acronym: Acronym
`

/** Imports one organization with the id 1 from a file. */
const importRow = (scheme: string, row: string, onEdited: OnEdited = 'keep') =>
  importCsv(api.database, mappingOf(scheme, onEdited), `Id,Name,Kind,Country,Website,Acronym\n1,${row}\n`)

const find = (scheme: string) => findByExternalId(api, 'organizations', `${scheme}:1`)

async function edit(scheme: string, patch: Document): Promise<void> {
  const edited = await api.patch(`/v1/organizations/${(await find(scheme)).id}`, patch)
  expect(edited.status, edited.text).toBe(200)
}

const createOrganization = (document: Document) => create(api, 'organizations', document)

/** Creates an organization by hand, imports a duplicate, and merges the duplicate into the organization. */
async function mergeImported(document: Document): Promise<{ scheme: string; row: string }> {
  const [scheme, row] = [newScheme(), 'Acad. X,academic,China,https://imported.example,AX']
  const into = await createOrganization(document)
  await importRow(scheme, row)
  const merged = await api.post(`/v1/organizations/${(await find(scheme)).id}/merge`, { into }, ifMatch('*'))
  expect(merged.status, merged.text).toBe(200)
  return { scheme, row }
}

describe('a property for which the newest file has no value any more', () => {
  const [first, emptied] = ['Em One,academic,China,https://first.example,ONE', 'Em Two,academic,China,,']
  const report = {
    keptCount: 2,
    kept: [{ reason: 'kept acronym, website from an earlier file, since the row has no value' }],
  }

  it('is reported by the dry run, by the commit, and by each later import', async () => {
    const scheme = newScheme()
    await importRow(scheme, first)
    const staged = await checkCsv(
      api.database,
      mappingOf(scheme, 'keep'),
      `Id,Name,Kind,Country,Website,Acronym\n1,${emptied}\n`,
    )
    // An import is `staged` when its dry run is complete.
    expect(staged).toMatchObject({ state: 'staged', counts: { changed: 1, kept: 2 }, report })
    const { key } = staged.report?.kept[0] ?? {}
    expect(key).toBe((await find(scheme)).id)
    expect(await commit(api, staged.id)).toMatchObject({ counts: { kept: 2 }, report })
    expect(await importRow(scheme, emptied)).toMatchObject({ counts: { unchanged: 1, kept: 2 }, report })
    expect(await find(scheme)).toMatchObject({ name: 'Em Two', acronym: 'ONE' })
  })

  it('is no longer reported when its value is cleared or set by hand', async () => {
    const scheme = newScheme()
    await importRow(scheme, first)
    await edit(scheme, { website: null, acronym: 'HAND' })
    expect((await importRow(scheme, emptied)).counts).toMatchObject({ changed: 1, kept: 0 })
  })

  it('is not reported if the mapping does not have it, or its value was dropped', async () => {
    const scheme = newScheme()
    await importRow(scheme, first)
    const mapping = mappingOf(scheme, 'keep')
      .replace(/ +acronym: .*\n/, '')
      .replace('Website', '{from: Website, onBadValue: drop}')
    const imported = await importCsv(
      api.database,
      mapping,
      'Id,Name,Kind,Country,Website\n1,Em Two,academic,China,none\n',
    )
    expect(imported.counts).toMatchObject({ changed: 1, dropped: 1, kept: 0 })
  })
})

it('an undo reports the properties that somebody has set since', async () => {
  for (const [patch, reason] of [
    [{ acronym: 'HAND' }, 'acronym was changed since'],
    [{ acronym: 'HAND', website: 'https://by-hand.example' }, 'acronym, website were changed since'],
  ] as const) {
    const scheme = newScheme()
    await importRow(scheme, 'Em One,academic,China,https://first.example,ONE')
    const imported = await importRow(scheme, 'Em Two,academic,China,https://second.example,TWO')
    await edit(scheme, patch)
    expect(await undo(api.database, imported)).toMatchObject({ report: { kept: [{ reason }] } })
  }
})

describe('a property for which the file had no value', () => {
  const byHand = { website: 'https://by-hand.example', acronym: 'HAND' }

  it('is kept and reported if somebody has set it, and the file has a value now', async () => {
    const scheme = newScheme()
    await importRow(scheme, 'Em One,academic,China,,')
    await edit(scheme, byHand)
    const imported = await importRow(scheme, 'Em Two,academic,China,https://file.example,FILE')
    expect(imported).toMatchObject({
      counts: { changed: 1, kept: 2 },
      report: { kept: [{ reason: 'kept acronym, website' }] },
    })
    expect(await find(scheme)).toMatchObject({ name: 'Em Two', ...byHand })
  })

  it('is kept if somebody changed it before the import of a file without a value', async () => {
    const scheme = newScheme()
    await importRow(scheme, 'Em One,academic,China,https://first.example,ONE')
    await edit(scheme, byHand)
    await importRow(scheme, 'Em Two,academic,China,,')
    const imported = await importRow(scheme, 'Em Two,academic,China,https://file.example,FILE')
    expect(imported.counts).toMatchObject({ unchanged: 1, kept: 2 })
    expect(await find(scheme)).toMatchObject(byHand)
  })

  it('gets the value of the next file if nobody has set it', async () => {
    const scheme = newScheme()
    await importRow(scheme, 'Em One,academic,China,https://first.example,')
    await importRow(scheme, 'Em One,academic,China,,')
    expect(await find(scheme)).toMatchObject({ website: 'https://first.example', acronym: null })
    const imported = await importRow(scheme, 'Em One,academic,China,https://file.example,FILE')
    expect(imported.counts).toMatchObject({ changed: 1, kept: 0 })
    expect(await find(scheme)).toMatchObject({ website: 'https://file.example', acronym: 'FILE' })
  })
})

describe('a record that existed before', () => {
  const curated = {
    name: 'Curated Academy of X',
    kind: 'government',
    country: 'FRA',
    website: 'https://own.example',
    acronym: 'CAX',
  }

  it('keeps its values if a record of the register was merged into it', async () => {
    const { scheme, row } = await mergeImported(curated)
    const before = await find(scheme)
    for (let round = 0; round < 2; round += 1) {
      expect(await importRow(scheme, row)).toMatchObject({
        counts: { changed: 0, unchanged: 1, kept: 5 },
        report: { kept: [{ reason: 'kept name, acronym, kind, country, website' }] },
      })
      expect(await find(scheme)).toEqual(before)
    }
  })

  it('keeps its values and gets those that it lacks if it has the id of a row', async () => {
    const scheme = newScheme()
    await createOrganization({ ...curated, acronym: null, externalIds: [{ scheme, id: '1' }] })
    const imported = await importRow(scheme, 'Acad. X,academic,China,https://imported.example,AX')
    expect(imported.counts).toMatchObject({ changed: 1, kept: 4 })
    expect(await find(scheme)).toMatchObject({ ...curated, acronym: 'AX' })
  })

  it('gets the values of the file with onEdited: replace', async () => {
    const { scheme, row } = await mergeImported(curated)
    expect((await importRow(scheme, row, 'replace')).counts).toMatchObject({ changed: 1, kept: 0 })
    expect(await find(scheme)).toMatchObject({ name: 'Acad. X', country: 'CHN', acronym: 'AX' })
  })
})

describe('a record that remains after an undo', () => {
  it('keeps in the next import only what somebody has changed, and this import can be undone', async () => {
    const scheme = newScheme()
    const first = await importRow(scheme, 'Un One,academic,China,https://file.example,')
    await edit(scheme, { name: 'By hand', website: 'https://by-hand.example' })
    expect(await undo(api.database, first)).toMatchObject({ report: { keptCount: 1 } })
    const again = await importRow(scheme, 'Un One,academic,Nepal,https://file.example,UN')
    expect(again).toMatchObject({
      counts: { changed: 1, kept: 2 },
      report: { kept: [{ reason: 'kept name, website' }] },
    })
    const found = { name: 'By hand', country: 'NPL', website: 'https://by-hand.example', acronym: 'UN' }
    expect(await find(scheme)).toMatchObject(found)
    expect(await undo(api.database, again)).toMatchObject({ report: { keptCount: 0 } })
    expect(await find(scheme)).toMatchObject({ ...found, country: 'CHN', acronym: null })
  })

  it('keeps only what somebody has changed after the undo of a further import, too', async () => {
    const scheme = newScheme()
    const first = await importRow(scheme, 'Un Three,academic,China,,')
    await edit(scheme, { name: 'By hand' })
    await undo(api.database, first)
    await undo(api.database, await importRow(scheme, 'Un Three,academic,Nepal,,UN'))
    expect(await importRow(scheme, 'Un Three,academic,Kenya,,UN')).toMatchObject({
      counts: { changed: 1, kept: 1 },
      report: { kept: [{ reason: 'kept name' }] },
    })
    expect(await find(scheme)).toMatchObject({ name: 'By hand', country: 'KEN', acronym: 'UN' })
  })

  it('gets a value that the undo has removed', async () => {
    const scheme = newScheme()
    await importRow(scheme, 'Un Two,academic,China,,')
    const second = await importRow(scheme, 'Un Two,academic,China,,UN')
    await undo(api.database, second)
    expect((await find(scheme)).acronym).toBeNull()
    const again = await importRow(scheme, 'Un Two,academic,China,,UN')
    expect(again.counts).toMatchObject({ changed: 1, kept: 0 })
  })

  it('gets new values of a file, even if a file in between had no value', async () => {
    const scheme = newScheme()
    const first = await importRow(scheme, 'Un Four,academic,China,https://first.example,')
    await edit(scheme, { name: 'By hand' })
    await undo(api.database, first)
    await importRow(scheme, 'Un Four,academic,China,,')
    expect(await importRow(scheme, 'Un Four,academic,China,https://second.example,')).toMatchObject({
      counts: { changed: 1, kept: 1 },
      report: { kept: [{ reason: 'kept name' }] },
    })
    expect(await find(scheme)).toMatchObject({ name: 'By hand', website: 'https://second.example' })
  })

  it('gets a new value where the undo has removed one, even if the record was made by hand', async () => {
    const scheme = newScheme()
    const externalIds = [{ scheme, id: '1' }]
    await createOrganization({ name: 'Un Five', kind: 'academic', country: 'CHN', externalIds })
    await undo(api.database, await importRow(scheme, 'Un Five,academic,China,https://first.example,'))
    await importRow(scheme, 'Un Five,academic,China,,UN')
    const third = await importRow(scheme, 'Un Five,academic,China,https://second.example,UN')
    expect(third.counts).toMatchObject({ changed: 1, kept: 0 })
  })
})

describe('a record that was made by hand', () => {
  it('keeps its value after an undone file with the same value and a file without one', async () => {
    const scheme = newScheme()
    const own = { name: 'Un Six', kind: 'academic', country: 'CHN', website: 'https://own.example' }
    await createOrganization({ ...own, externalIds: [{ scheme, id: '1' }] })
    await undo(api.database, await importRow(scheme, 'Un Six,academic,China,https://own.example,UN'))
    expect((await importRow(scheme, 'Un Six,academic,China,,')).counts).toMatchObject({ kept: 0 })
    const third = await importRow(scheme, 'Un Six,academic,China,https://file.example,')
    expect(third.counts).toMatchObject({ changed: 0, kept: 1 })
    expect(await find(scheme)).toMatchObject(own)
  })
})

describe('a record whose earlier values an undo could not restore', () => {
  const rorOf = ['https://ror.org/013cjyk83', 'https://ror.org/034t30j35', 'https://ror.org/05hffr360']
  const importRorRow = (scheme: string, name: string, ror = '') =>
    importCsv(
      api.database,
      `scheme: ${scheme}
records:
  organizations: {id: Id, properties: {name: Name, kind: =academic, country: =China, ror: ROR}}
`,
      `Id,Name,ROR\n1,${name},${ror}\n`,
    )

  it('gets the values of the next file, except those that somebody has changed', async () => {
    const scheme = newScheme()
    await importRorRow(scheme, 'First', rorOf[0])
    const second = await importRorRow(scheme, 'Second', rorOf[1])
    const third = await importRorRow(scheme, 'Third', rorOf[2])
    await createOrganization({ name: 'Other', kind: 'academic', country: 'NPL', ror: rorOf[1] })
    expect(await undo(api.database, third)).toMatchObject({ report: { keptCount: 1 } })
    expect(await find(scheme)).toMatchObject({ name: 'Third', ror: rorOf[2] })
    expect(await undo(api.database, second)).toMatchObject({ report: { keptCount: 1 } })
    await edit(scheme, { country: 'PAK' })
    expect(await importRorRow(scheme, 'Fourth', rorOf[0])).toMatchObject({
      counts: { changed: 1, kept: 1 },
      report: { kept: [{ reason: 'kept country' }] },
    })
    expect(await find(scheme)).toMatchObject({ name: 'Fourth', ror: rorOf[0], country: 'PAK' })
  })

  it('is reported once, although somebody has also changed a property', async () => {
    const scheme = newScheme()
    const ror = 'https://ror.org/0bbbbbb97'
    await importRorRow(scheme, 'First', ror)
    const second = await importRorRow(scheme, 'Second', 'https://ror.org/0bbbbbb98')
    await edit(scheme, { name: 'By hand' })
    await createOrganization({ name: 'Other', kind: 'academic', country: 'NPL', ror })
    const undone = await undo(api.database, second)
    expect(undone.report).toMatchObject({ keptCount: 1, kept: [{ reason: expect.stringContaining(ror) }] })
  })
})

describe('a second import of a file for which values were kept', () => {
  it('reports the values again with keep, and replaces them with replace', async () => {
    const scheme = newScheme()
    await importRow(scheme, 'Re One,academic,China,,')
    await edit(scheme, { name: 'By hand' })
    for (let round = 0; round < 2; round += 1) {
      const kept = await importRow(scheme, 'Re Two,academic,China,,')
      expect(kept).toMatchObject({
        counts: { unchanged: 1, kept: 1 },
        report: { kept: [{ reason: 'kept name' }] },
      })
    }
    const replaced = await importRow(scheme, 'Re Two,academic,China,,', 'replace')
    expect(replaced.counts).toMatchObject({ changed: 1, unchanged: 0, kept: 0 })
    expect((await find(scheme)).name).toBe('Re Two')
    expect((await importRow(scheme, 'Re Two,academic,China,,')).counts).toMatchObject({
      unchanged: 1,
      kept: 0,
    })
  })
})

it('the report of an import lists at most 100 records, but counts every property that it keeps', async () => {
  const scheme = newScheme()
  const ids = Array.from({ length: 101 }, (_, index) => String(index))
  const importNames = (name: string) =>
    importCsv(
      api.database,
      mappingOf(scheme, 'keep'),
      ['Id,Name,Kind,Country,Website,Acronym', ...ids.map((id) => `${id},${name} ${id},academic,,,`)].join(
        '\n',
      ),
    )
  expect(await importNames('Academy')).toMatchObject({ counts: { created: 101 } })
  const operations = ids.map((id) => ({
    op: 'patch',
    externalId: { scheme, id },
    ifMatch: '*',
    patch: { name: `Edited ${id}` },
  }))
  expect((await api.post('/v1/organizations/bulk', { operations })).status).toBe(200)
  const { report } = await importNames('Institute')
  expect(report?.kept).toHaveLength(100)
  expect(report?.keptCount).toBe(101)
})
