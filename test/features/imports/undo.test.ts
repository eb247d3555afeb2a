// @module-tag slow

import { describe, expect, it } from 'vitest'
import { changeImport } from '../../../src/features/imports/store.ts'
import { useTestApi } from '../../support/api.ts'
import { adminKey } from '../../support/app.ts'
import { ifMatch } from '../../support/documents.ts'
import { findByExternalId } from '../../support/find-records.ts'
import {
  checkCsv,
  continueImport,
  importCsv,
  importFile,
  newScheme,
  treatyHeader,
  treatyMapping,
  undo,
} from '../../support/imports.ts'

/** The undo of imports: what it removes, keeps and reports, and when it is refused. An undo works in batches. */

const api = useTestApi()

/** Each row becomes three agreements: the first one refers to the second, and the second to the third. */
const mappingOf = (scheme: string) => `
scheme: ${scheme}
records:
  agreements:
    - {id: A, properties: {title: A, kind: =treaty, relations: [{kind: =implements, agreement: B}]}}
    - {id: B, properties: {title: B, kind: =treaty, relations: [{kind: =implements, agreement: C}]}}
    - {id: C, properties: {title: C, kind: =treaty}}
`

/** A file whose records are written in one transaction, and removed in several. */
const csv = ['A,B,C', ...Array.from({ length: 100 }, (_, index) => `a-${index},b-${index},c-${index}`)].join(
  '\n',
)

async function listIds(scheme: string): Promise<Map<string, string>> {
  const response = await api.get(`/v1/agreements?externalIdScheme=${scheme}&limit=200`)
  return new Map(
    response.json<{ data: { id: string; title: string }[] }>().data.map((one) => [one.title, one.id]),
  )
}

it('an undo removes records to which records of its later batches refer', async () => {
  const scheme = newScheme()
  const imported = await importCsv(api.database, mappingOf(scheme), csv)
  expect(imported).toMatchObject({ state: 'committed', counts: { created: 300, refused: 0 } })
  expect(await undo(api.database, imported)).toMatchObject({
    state: 'undone',
    report: { kept: [], keptCount: 0 },
  })
  expect(await listIds(scheme)).toEqual(new Map())
  expect((await api.get(`/v1/sources/${imported.source}`)).status).toBe(404)
})

it('an undo keeps a record if a record made by hand refers to it, and reports it once', async () => {
  const scheme = newScheme()
  const imported = await importCsv(api.database, mappingOf(scheme), csv)
  const kept = await findByExternalId<{ id: string }>(api, 'agreements', `${scheme}:c-50`)
  const relations = [{ kind: 'implements', agreement: kept.id }]
  const created = await api.post('/v1/agreements', { title: 'By hand', kind: 'treaty', relations })
  expect(created.status, created.text).toBe(201)
  expect(await undo(api.database, imported)).toMatchObject({
    state: 'undone',
    report: { kept: [{ resource: 'agreements', key: kept.id }], keptCount: 1 },
  })
  expect(await listIds(scheme)).toEqual(new Map([['c-50', kept.id]]))
})

it('an undo reports a created record that was merged into another one since', async () => {
  const scheme = newScheme()
  const imported = await importCsv(
    api.database,
    treatyMapping(scheme),
    `${treatyHeader}\n1,Merged,2001,China\n`,
  )
  const merged = (await listIds(scheme)).get('Merged')
  const other = await api.post('/v1/agreements', { title: 'By hand', kind: 'treaty' })
  const { id: into } = other.json<{ id: string }>()
  const response = await api.post(`/v1/agreements/${merged}/merge`, { into }, ifMatch('*'))
  expect(response.status, response.text).toBe(200)
  const { report } = await undo(api.database, imported)
  const kept = { resource: 'agreements', key: merged, reason: `was merged into ${into}` }
  expect(report?.kept).toContainEqual(kept)
})

it('an undo restores all values but those that values changed since make impossible', async () => {
  const scheme = newScheme()
  const mapping = `
scheme: ${scheme}
records:
  projects:
    id: N
    properties: {title: T, kind: =joint_research, startsOn: S, endsOn: E, summary: D}
`
  await importCsv(api.database, mapping, 'N,T,S,E,D\n1,Old,2000,2005,old\n')
  const imported = await importCsv(api.database, mapping, 'N,T,S,E,D\n1,New,1990,1995,new\n')
  const find = () => findByExternalId<{ id: string }>(api, 'projects', `${scheme}:1`)
  const { id } = await find()
  const edited = await api.patch(`/v1/projects/${id}`, { endsOn: '1992' }, ifMatch('*'))
  expect(edited.status, edited.text).toBe(200)
  const { report } = await undo(api.database, imported)
  expect(await find()).toMatchObject({ title: 'Old', summary: 'old', startsOn: '1990', endsOn: '1992' })
  expect(report?.kept).toEqual([
    {
      resource: 'projects',
      key: id,
      reason:
        'endsOn was changed since; kept startsOn: "1992" must not be before "startsOn", which is "2000"',
    },
  ])
})

it('the list of the records of an undone import has the rows that described them', async () => {
  const csv = `${treatyHeader}\n1,First,2001,China\n2,Second,2002,China\n`
  const imported = await importCsv(api.database, treatyMapping(newScheme()), csv)
  const readRows = async () => {
    const listed = await api.get(`/v1/imports/${imported.id}/records`, { key: adminKey })
    return listed.json<{ data: { row: string | null }[] }>().data.map(({ row }) => row)
  }
  expect(await readRows()).toEqual([null, 'row 2', 'row 3'])
  await undo(api.database, imported)
  expect(await readRows()).toEqual([null, 'row 2', 'row 3'])
})

it('an undo removes the external ids of its import, and keeps those that were added since', async () => {
  const scheme = newScheme()
  const mapping = `
scheme: ${scheme}
records:
  agreements:
    id: Id
    properties: {title: Id, kind: =treaty, externalIds: [{scheme: "=other-${scheme}", id: Other}]}
`
  const find = () =>
    findByExternalId<{ id: string; externalIds: { scheme: string; id: string }[] }>(
      api,
      'agreements',
      `${scheme}:1`,
    )
  await importCsv(api.database, mapping, 'Id,Other\n1,Q1\n')
  const imported = await importCsv(api.database, mapping, 'Id,Other\n1,Q2\n')
  const { id: key, externalIds } = await find()
  expect(externalIds.map(({ id }) => id)).toEqual(['1', 'Q1', 'Q2'])
  const others = [...externalIds, { scheme: `other-${scheme}`, id: 'Q3' }]
  const edited = await api.patch(`/v1/agreements/${key}`, { externalIds: others })
  expect(edited.status, edited.text).toBe(200)
  expect(await undo(api.database, imported)).toMatchObject({ report: { kept: [], keptCount: 0 } })
  expect((await find()).externalIds.map(({ id }) => id)).toEqual(['1', 'Q1', 'Q3'])
})

describe('the undo of the second of two imports', () => {
  /** Imports two files of one record, one after the other. @returns the second import, and how to import a further file. */
  async function importTwice() {
    const scheme = newScheme()
    const mapping = `
scheme: ${scheme}
records:
  agreements: {id: Id, properties: {title: Title, kind: =treaty}}
`
    const importTitle = (title: string) => importCsv(api.database, mapping, `Id,Title\n1,${title}\n`)
    await importTitle('First')
    return { second: await importTitle('Second'), importTitle }
  }

  it('lets the next file replace the values of the first one', async () => {
    const { second, importTitle } = await importTwice()
    expect(await undo(api.database, second)).toMatchObject({ state: 'undone', report: { kept: [] } })
    expect(await importTitle('Third')).toMatchObject({ counts: { changed: 1, unchanged: 0, kept: 0 } })
  })

  it('keeps and reports a citation that somebody has changed since', async () => {
    const { second } = await importTwice()
    const found = await api.get(`/v1/citations?source=${second.source}`)
    const [citation] = found.json<{ data: { id: string }[] }>().data
    const path = `/v1/citations/${citation?.id}`
    expect((await api.patch(path, { excerpt: 'By hand.' })).status).toBe(200)
    const { report } = await undo(api.database, second)
    expect(report?.kept).toContainEqual({
      resource: 'citations',
      key: citation?.id,
      reason: 'was changed since',
    })
    expect((await api.get(path)).json()).toMatchObject({ excerpt: 'By hand.' })
  })
})

it.each([
  ['', 'N'],
  [', and the undo kept a value by hand', 'O'],
])(
  'the file after an undo changes records even if a later import had the undone values%s',
  async (_, note) => {
    const scheme = newScheme()
    const mapping = `
scheme: ${scheme}
records:
  agreements: {id: Id, properties: {title: Title, kind: =treaty, summary: Note}}
`
    const importRow = (row: string) => importCsv(api.database, mapping, `Id,Title,Note\n1,${row}\n`)
    await importRow('First,N')
    const second = await importRow(`Second,${note}`)
    expect(await importRow('Second,')).toMatchObject({ counts: { unchanged: 1, kept: 1 } })
    const { id } = await findByExternalId<{ id: string }>(api, 'agreements', `${scheme}:1`)
    const edited = await api.patch(`/v1/agreements/${id}`, { summary: 'By hand' })
    expect(edited.status, edited.text).toBe(200)
    await undo(api.database, second)
    expect(await importRow('Third,M')).toMatchObject({
      counts: { changed: 1, kept: 1 },
      report: { kept: [{ reason: 'kept summary' }] },
    })
    expect(await listIds(scheme)).toEqual(new Map([['Third', id]]))
  },
)

describe('records that refer to one another', () => {
  /** Each row becomes four agreements, each of which refers to another one. */
  const cyclicMapping = (scheme: string) => `
scheme: ${scheme}
records:
  agreements:
${['A', 'B', 'C', 'D']
  .map(
    (id) =>
      `    - {id: ${id}, properties: {title: ${id}, kind: =treaty, relations: [{kind: =implements, agreement: ${id}2}]}}`,
  )
  .join('\n')}
`

  const rowCount = 100
  /**
   * A file of pairs of records: the two records of a pair refer to each other, and most are written far apart. One transaction
   * writes all pairs.
   */
  const cyclicCsv = [
    'A,A2,B,B2,C,C2,D,D2',
    ...Array.from({ length: rowCount }, (_, row) =>
      [0, 1, 2, 3]
        .map((column) => row * 4 + column)
        .flatMap((number) => [`n-${number}`, `n-${rowCount * 4 - 1 - number}`])
        .join(),
    ),
  ].join('\n')

  const keyOf = async (scheme: string, id: string) =>
    (await findByExternalId(api, 'agreements', `${scheme}:${id}`)).id

  it('are removed together, however far apart they were written', async () => {
    const scheme = newScheme()
    const imported = await importCsv(api.database, cyclicMapping(scheme), cyclicCsv)
    expect(imported).toMatchObject({ counts: { created: rowCount * 4, refused: 0 } })
    expect(await undo(api.database, imported)).toMatchObject({ report: { kept: [], keptCount: 0 } })
    expect(await listIds(scheme)).toEqual(new Map())
  })

  it('are removed together if they are more than 2,000', async () => {
    const mapping = `
scheme: ${newScheme()}
records:
  agreements:
    id: id
    properties:
      title: id
      kind: =treaty
      relations: {each: refersTo, agreement: {from: ., by: id}, kind: =implements}
`
    // The root refers to 45 agreements. Each of these refers to 45 further agreements, which refer to the root.
    const numbers = Array.from({ length: 45 }, (_, index) => index)
    const rows = [
      { id: 'root', refersTo: numbers.map((branch) => `${branch}`) },
      ...numbers.flatMap((branch) => [
        { id: `${branch}`, refersTo: numbers.map((leaf) => `${branch}-${leaf}`) },
        ...numbers.map((leaf) => ({ id: `${branch}-${leaf}`, refersTo: ['root'] })),
      ]),
    ]
    const imported = await importFile(api.database, mapping, 'rows.json', JSON.stringify(rows))
    expect(imported).toMatchObject({ counts: { created: rows.length, refused: 0 } })
    expect(await undo(api.database, imported)).toMatchObject({ report: { kept: [], keptCount: 0 } })
  }, 120_000)

  it('stay together if a record made by hand refers to one of them', async () => {
    const scheme = newScheme()
    const imported = await importCsv(api.database, cyclicMapping(scheme), cyclicCsv)
    const relations = [{ kind: 'implements', agreement: await keyOf(scheme, 'n-0') }]
    const created = await api.post('/v1/agreements', { title: 'By hand', kind: 'treaty', relations })
    expect(created.status, created.text).toBe(201)
    expect(await undo(api.database, imported)).toMatchObject({ report: { keptCount: 2 } })
    expect([...(await listIds(scheme)).keys()].sort()).toEqual(['n-0', 'n-399'])
  })
})

/** A file of one row for `mappingOf`, and the next file of its register. */
const oneRow = 'A,B,C\na,b,c\n'
const changedRow = 'A,B,C\na,b,d\n'

/** The files of an import, as an upload stores them when it is complete. */
const files = [{ name: 'rows.csv', bytes: oneRow.length, sha256: '' }]

it.each([
  ['commits', { state: 'committing' }],
  ['is read and then committed without a dry run', { state: 'staging', autoCommit: true }],
] as const)('an undo is refused while another import of the register %s', async (_, change) => {
  const mapping = mappingOf(newScheme())
  const first = await importCsv(api.database, mapping, oneRow)
  const second = await checkCsv(api.database, mapping, changedRow)
  const requestUndo = () => api.post(`/v1/imports/${first.id}/undo`, undefined, { key: adminKey })
  await api.database.transaction((tx) =>
    changeImport(tx, second, { ...change, files, doneThrough: 0, pass: 0 }),
  )
  const refused = await requestUndo()
  expect(refused.status).toBe(409)
  expect(refused.json<{ detail: string }>().detail).toBe(
    `The import ${second.id} (rows.csv) of the same register is being committed. Wait until that is done.`,
  )
  await continueImport(api.database, second.id)
  expect((await requestUndo()).json<{ detail: string }>().detail).toContain('Undo the later import first.')
})

it('a commit is refused while another import of the register is being undone', async () => {
  const mapping = mappingOf(newScheme())
  const first = await importCsv(api.database, mapping, oneRow)
  const second = await checkCsv(api.database, mapping, changedRow)
  const requestCommit = () => api.post(`/v1/imports/${second.id}/commit`, undefined, { key: adminKey })
  await api.database.transaction((tx) => changeImport(tx, first, { state: 'undoing', files }))
  const refused = await requestCommit()
  expect([refused.status, refused.json<{ detail: string }>().detail]).toEqual([
    409,
    expect.stringContaining(`The import ${first.id} (rows.csv) of the same register is being undone.`),
  ])
  await continueImport(api.database, first.id)
  expect((await requestCommit()).json<{ detail: string }>().detail).toContain('Start this import again')
})

it('an import that commits itself fails while another import of the register is being undone', async () => {
  const mapping = mappingOf(newScheme())
  const first = await importCsv(api.database, mapping, oneRow)
  const second = await checkCsv(api.database, mapping, changedRow)
  await api.database.transaction(async (tx) => {
    await changeImport(tx, first, { state: 'undoing', files })
    await changeImport(tx, second, { state: 'staging', autoCommit: true })
  })
  await continueImport(api.database, second.id)
  const failed = (await api.get(`/v1/imports/${second.id}`, { key: adminKey })).json<object>()
  expect(failed).toMatchObject({
    state: 'failed',
    failure: expect.stringContaining(`The import ${first.id} (rows.csv) `),
  })
})

it.each([
  ['uploaded for the register', [], ''],
  ['read on the command line', files, ' (rows.csv)'],
])('an undo is refused while an import that commits itself is being %s', async (_, arrived, name) => {
  const mapping = mappingOf(newScheme())
  const first = await importCsv(api.database, mapping, oneRow)
  const second = await checkCsv(api.database, mapping, changedRow)
  await api.database.transaction((tx) =>
    changeImport(tx, second, { state: 'uploaded', autoCommit: true, files: arrived }),
  )
  const requestUndo = () => api.post(`/v1/imports/${first.id}/undo`, undefined, { key: adminKey })
  const refused = await requestUndo()
  expect(refused.status).toBe(409)
  expect(refused.json<{ detail: string }>().detail).toBe(
    `The import ${second.id}${name} of the same register is being uploaded. Wait until that is done, or delete that import if its upload was interrupted.`,
  )
  expect((await api.delete(`/v1/imports/${second.id}`, { key: adminKey })).status).toBe(204)
  expect((await requestUndo()).status).toBe(202)
})
