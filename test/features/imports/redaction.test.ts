// @module-tag slow

import { describe, expect, it, onTestFinished } from 'vitest'
import { storeReport } from '../../../src/features/imports/report.ts'
import { useTestApi } from '../../support/api.ts'
import { adminKey } from '../../support/app.ts'
import { waitUntilBlocked } from '../../support/blocked-sessions.ts'
import { ifMatch } from '../../support/documents.ts'
import { findByExternalId } from '../../support/find-records.ts'
import { checkCsv, commit, continueImport, importCsv, newScheme, undo } from '../../support/imports.ts'

/** Redactions of records that were imported. */

const api = useTestApi()

const mapping = (scheme: string) =>
  `scheme: ${scheme}
onBadValue: drop
records:
  agreements:
    id: Id
    properties:
      title: Title
      kind: =treaty
      signedOn: Signed
      parties:
        - {country: =China, role: =party, signatory: Signatory}
        - {country: Other, role: =party}
`

/** A file whose first row names a person, even in a value that is dropped. */
const file = `Id,Title,Signed,Signatory,Other
1,First,by Jane Doe,Jane Doe,Land of Jane Doe
2,Second,in June,John Roe,Pakistan
`

const pathOf = async (scheme: string, id: string) =>
  `/v1/agreements/${(await findByExternalId(api, 'agreements', `${scheme}:${id}`)).id}`

const redact = (path: string, body: object) =>
  api.post(`${path}/redact`, { reason: 'Asked for.', ...body }, ifMatch('*'))

/** Returns a connection that is discarded after the test, so that a failed test leaves no open transaction. */
async function connect() {
  const client = await api.pool.connect()
  onTestFinished(() => client.release(true))
  return client
}

/** Returns the stored data of all imports of a register, as JSON text. */
async function storedData(scheme: string): Promise<string> {
  const { rows } = await api.pool.query(
    `select imports.report, array(select to_json(row) from import_rows row where row.import = imports.id) as rows,
      array(select to_json(name) from import_names name where name.import = imports.id) as names
      from imports where scheme = $1`,
    [scheme],
  )
  return JSON.stringify(rows)
}

describe.each([
  ['a text', { text: 'Jane Doe' }],
  ['a property', { properties: ['/parties/signatory'] }],
])('a redaction of %s', (_, removed) => {
  it('empties the rows that describe the record, even in an import that has not changed it', async () => {
    const scheme = newScheme()
    const [first, second] = [
      await importCsv(api.database, mapping(scheme), file),
      await importCsv(api.database, mapping(scheme), file),
    ]
    expect(await storedData(scheme)).toContain('Jane Doe')
    const path = await pathOf(scheme, '1')
    const redacted = await redact(path, removed)
    expect(redacted.status, redacted.text).toBe(200)
    for (const { id } of [first, second]) {
      const page = await api.get(`/v1/imports/${id}/rows?which=dropped`, { key: adminKey })
      expect(page.json()).toMatchObject({
        data: [
          {
            locator: 'row 2',
            values: {},
            faults: [{ column: 'Signed', value: '', detail: 'was removed by a redaction of the record' }],
          },
          { locator: 'row 3', values: { Signatory: 'John Roe' } },
        ],
      })
      const summary = await api.get(`/v1/imports/${id}`, { key: adminKey })
      expect(summary.text).not.toContain('Jane Doe')
    }
    expect((await redact(path, removed)).status).toBe(422)
  })
})

it('a redaction removes its text from rows of the record, and from all names of the register', async () => {
  const scheme = newScheme()
  // The second import leaves the record unchanged.
  for (let count = 0; count < 2; count += 1) await importCsv(api.database, mapping(scheme), file)
  expect((await redact(await pathOf(scheme, '1'), { text: 'Jane Doe' })).status).toBe(200)
  const stored = await storedData(scheme)
  expect(stored).not.toContain('Jane Doe')
  expect(stored).toContain('Land of [redacted]')
  expect(stored).toContain('John Roe')
})

it('a redaction finds a text that a stored name has, but neither the record nor its rows', async () => {
  const scheme = newScheme()
  await importCsv(api.database, mapping(scheme), file)
  const path = await pathOf(scheme, '2')
  const redacted = await redact(path, { text: 'Land of Jane Doe' })
  expect(redacted.status, redacted.text).toBe(200)
  const { rows } = await api.pool.query(
    `select mention, candidates from import_names join imports on imports.id = import where scheme = $1`,
    [scheme],
  )
  expect(JSON.stringify(rows)).not.toContain('Jane Doe')
  // The names are stored as JSON. `country` is only a name of a JSON property, which a redaction must not find.
  for (const text of ['Land of Jane Doe', 'country'])
    expect((await redact(path, { text })).json()).toMatchObject({ errors: [{ code: 'not_found' }] })
})

it('a redaction of a text works if a name of the register has thousands of combining marks', async () => {
  const scheme = newScheme()
  const marks = '\u0301\u0323'.repeat(20_000)
  const content = `Id,Title,Signed,Signatory,Other\n1,First,2001,Jane Doe,Pakistan\n2,Second,2001,Jane Doe,a${marks}\n`
  await importCsv(api.database, mapping(scheme), content)
  const response = await redact(await pathOf(scheme, '1'), { text: 'Jane Doe' })
  expect(response.status, response.text).toBe(200)
})

it('a row that was redacted before its import is committed writes nothing', async () => {
  const scheme = newScheme()
  await importCsv(api.database, mapping(scheme), file)
  const path = await pathOf(scheme, '1')
  const { id } = await checkCsv(api.database, mapping(scheme), file.replace('First', 'Changed'))
  expect((await redact(path, { text: 'Jane Doe' })).status).toBe(200)
  expect(await commit(api, id)).toMatchObject({ state: 'committed', counts: { changed: 0 } })
  expect((await api.get(path)).json()).toMatchObject({ title: 'First', version: 2 })
})

describe.each([
  ['a text', { text: 'Jane Doe' }],
  ['a property', { properties: ['/interviewee'] }],
])('a redaction of %s in an imported record', (_, removed) => {
  const interviews = (scheme: string) =>
    `scheme: ${scheme}\nrecords:\n  sources:\n    id: Id\n    properties: {title: Title, kind: =interview, interviewee: Who}\n`
  const talks = 'Id,Title,Who\n1,First,Jane Doe\n'

  /** Imports a source, and redacts it. @returns the import, and the path of the source. */
  async function importAndRedact(scheme: string) {
    const job = await importCsv(api.database, interviews(scheme), talks)
    const path = `/v1/sources/${(await findByExternalId(api, 'sources', `${scheme}:1`)).id}`
    const response = await redact(path, removed)
    expect(response.status, response.text).toBe(200)
    const { interviewee } = response.json<{ interviewee: string | null }>()
    return { job, path, interviewee }
  }

  it('removes the hashes by which guesses of the value could be tested, and no others', async () => {
    const scheme = newScheme()
    await importAndRedact(scheme)
    const { rows } = await api.pool.query(
      'select digest, properties from import_records where scheme = $1 and row is not null',
      [scheme],
    )
    const hash = expect.stringMatching(/^.{16}$/)
    expect(rows).toEqual([{ digest: '', properties: { title: hash, kind: hash, interviewee: '' } }])
  })

  it('is kept by later imports of the file, which still change other values', async () => {
    const scheme = newScheme()
    const { path, interviewee } = await importAndRedact(scheme)
    const again = await importCsv(api.database, interviews(scheme), talks.replace('First', 'Talk'))
    expect(again).toMatchObject({ state: 'committed', counts: { changed: 1, kept: 1 } })
    expect((await api.get(path)).json()).toMatchObject({ title: 'Talk', interviewee })
    expect(await undo(api.database, again)).toMatchObject({ state: 'undone' })
    expect((await api.get(path)).json()).toMatchObject({ title: 'First', interviewee })
  })

  it('is kept by imports after an undo that could not remove the record', async () => {
    const scheme = newScheme()
    const { job, path, interviewee } = await importAndRedact(scheme)
    const edited = await api.patch(path, { title: 'Edited' }, ifMatch('*'))
    expect(edited.status, edited.text).toBe(200)
    expect(await undo(api.database, job)).toMatchObject({ state: 'undone', report: { keptCount: 1 } })
    const withoutWho = interviews(scheme).replace(', interviewee: Who', '')
    for (const mapping of [withoutWho, interviews(scheme)]) {
      const again = await importCsv(api.database, mapping, talks)
      expect(again).toMatchObject({ state: 'committed', counts: { refused: 0 } })
      expect((await api.get(path)).json()).toMatchObject({ title: 'Edited', interviewee })
    }
  })

  it.each([
    ['no value', 'null'],
    ['the same value', 'Who'],
  ])(
    'is kept by imports after the undo of an import that had it and one before with %s',
    async (_, first) => {
      const scheme = newScheme()
      const withFirst = (column: string) =>
        interviews(scheme).replace('interviewee: Who', `interviewee: ${column}`)
      const earlier =
        first === 'null' ? interviews(scheme).replace(', interviewee: Who', '') : withFirst(first)
      await importCsv(api.database, earlier, talks)
      const { job, path } = await importAndRedact(scheme)
      expect(await undo(api.database, job)).toMatchObject({ state: 'undone' })
      const { interviewee } = (await api.get(path)).json<{ interviewee: string | null }>()
      expect(interviewee).not.toBe('Jane Doe')
      const again = await importCsv(api.database, interviews(scheme), talks)
      expect(again).toMatchObject({ state: 'committed', counts: { kept: 1 } })
      expect((await api.get(path)).json()).toMatchObject({ interviewee })
    },
  )
})

describe('dropped values', () => {
  const valid = `Id,Title,Signed,Signatory,Other
1,First,in May,Jane Doe,Pakistan
2,Second,in June,John Roe,Pakistan
3,Third,1999,Jane Doe,Pakistan
`

  /** Returns what an import says about its dropped values: their number, the rows by column, and the rows in the list. */
  async function readDropped(id: string) {
    const { counts, report } = (await api.get(`/v1/imports/${id}`, { key: adminKey })).json<{
      counts: { dropped: number }
      report: { droppedBy: { column: string; rows: number }[] }
    }>()
    const page = await api.get(`/v1/imports/${id}/rows?which=dropped`, { key: adminKey })
    return {
      dropped: counts.dropped,
      droppedBy: report.droppedBy.map(({ column, rows }) => [column, rows]),
      listed: page.json<{ data: { locator: string }[] }>().data.map(({ locator }) => locator),
    }
  }

  const all = { dropped: 2, droppedBy: [['Signed', 2]], listed: ['row 2', 'row 3'] }

  it('are counted and listed the same after a redaction of a staged import', async () => {
    const scheme = newScheme()
    await importCsv(api.database, mapping(scheme), valid)
    const { id } = await checkCsv(api.database, mapping(scheme), valid)
    for (const row of ['1', '3'])
      expect((await redact(await pathOf(scheme, row), { text: 'Jane Doe' })).status).toBe(200)
    expect(await readDropped(id)).toEqual(all)
    expect(await commit(api, id)).toMatchObject({ state: 'committed' })
    expect(await readDropped(id)).toEqual(all)
  })

  it('are counted and listed the same after a redaction and an undo', async () => {
    const scheme = newScheme()
    const { id } = await importCsv(api.database, mapping(scheme), valid)
    expect((await redact(await pathOf(scheme, '1'), { text: 'Jane Doe' })).status).toBe(200)
    expect(await readDropped(id)).toEqual(all)
    expect((await api.post(`/v1/imports/${id}/undo`, undefined)).status).toBe(202)
    expect(await continueImport(api.database, id)).toMatchObject({ state: 'undone' })
    expect(await readDropped(id)).toEqual(all)
  })
})

it('a row that is redacted while it waits for another row does not end as refused', async () => {
  const csv = file.split('\n', 2).join('\n')
  const { id } = await checkCsv(api.database, mapping(newScheme()), csv)
  // The row has this state if a redaction empties it between two passes of a commit.
  await api.pool.query(
    "update import_rows set state = 'waiting', drafts = '[]', values = '{}' where import = $1",
    [id],
  )
  expect(await commit(api, id)).toMatchObject({
    state: 'committed',
    counts: { created: 0, refused: 0 },
    report: { refusedBy: [] },
  })
  const refused = await api.get(`/v1/imports/${id}/rows?which=refused`, { key: adminKey })
  expect(refused.json()).toMatchObject({ data: [] })
})

describe('a report that is stored during a redaction', () => {
  const redactFirst = async (scheme: string) => redact(await pathOf(scheme, '1'), { text: 'Jane Doe' })

  it('does not bring back the text if the redaction commits first', async () => {
    const scheme = newScheme()
    const job = await importCsv(api.database, mapping(scheme), file)
    const client = await connect()
    await client.query('begin')
    await client.query('select from imports where id = $1 for update', [job.id])
    const redacted = redactFirst(scheme)
    await waitUntilBlocked(api.pool)
    const stored = storeReport(api.database, job, {})
    await waitUntilBlocked(api.pool, 2)
    await client.query('commit')
    expect((await redacted).status).toBe(200)
    expect(await stored).toBe(true)
    const data = await storedData(scheme)
    expect(data).toContain('was removed by a redaction of the record')
    expect(data).not.toContain('Jane Doe')
  })

  it('is redacted if it is stored first', async () => {
    const scheme = newScheme()
    const job = await importCsv(api.database, mapping(scheme), file)
    const client = await connect()
    await client.query('update imports set report = null where id = $1', [job.id])
    await client.query('begin')
    await client.query('update imports set report = $2 where id = $1', [job.id, job.report])
    const redacted = redactFirst(scheme)
    await waitUntilBlocked(api.pool)
    await client.query('commit')
    expect((await redacted).status).toBe(200)
    expect(await storedData(scheme)).not.toContain('Jane Doe')
  })
})
