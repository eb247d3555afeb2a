import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { importCsv, newScheme, titledMapping } from '../support/imports.ts'
import { createAt } from '../support/labelled-records.ts'

/** Dates that are certainly in the wrong order, such as an end before its start. */

const api = await sharedApi()

/** The body of a response: a project or a problem. */
interface ResponseBody {
  id: string
  errors?: { pointer?: string; code: string; message: string }[]
}

const project = { title: 'A project', kind: 'joint_research' }
const reversed = { startsOn: '2011-04', endsOn: '2010' }
const message = '"2010" must not be before "startsOn", which is "2011-04"'
/** The fault of a project with the dates `reversed`. @param pointer the location of its end in the request. */
const tooEarlyAt = (pointer: string) => [{ pointer, code: 'too_early', message }]

const post = async (path: string, body: unknown) => (await api.post(`/v1/${path}`, body)).json<ResponseBody>()

/** Creates a project. @returns its path. */
const createProject = (dates: Record<string, string>) => createAt(api, 'projects', { ...project, ...dates })

/** Returns the project with the id 1 of a scheme. */
const find = async (scheme: string) => {
  const [project] = (await api.get(`/v1/projects?externalId=${scheme}:1`)).json<{ data: ResponseBody[] }>()
    .data
  return project
}

/** Creates a project, and writes an end before its start into the database, as an older version of the service could. */
async function createReversed(): Promise<string> {
  const path = await createProject({ startsOn: '2011-04', endsOn: '2012' })
  await api.pool.query(`update projects set ends_on = '2010' where id = $1`, [path.split('/').at(-1)])
  return path
}

describe('an end that is certainly before its start', () => {
  it.each<[resource: string, pointer: string, document: Record<string, unknown>, message: RegExp]>([
    ['projects', '/endsOn', { ...project, ...reversed }, /^"2010" .*"startsOn".*"2011-04"$/],
    ['assistance-programs', '/endsOn', { title: 'Aid', ...reversed }, /^"2010" .*"startsOn".*"2011-04"$/],
    [
      'countries',
      '/validTo',
      { code: 'XZZ', name: 'Atlantis', validFrom: '1950', validTo: '1949-12' },
      /^"1949-12" .*"validFrom".*"1950"$/,
    ],
    [
      'agreements',
      '/terminatedOn',
      { title: 'A treaty', kind: 'treaty', inForceFrom: '1990~', terminatedOn: '198X' },
      /^"198X" .*"inForceFrom".*"1990~"$/,
    ],
    [
      'agreements',
      '/terms/1/endsOn',
      { title: 'A treaty', kind: 'treaty', terms: [{ startsOn: '2000' }, reversed] },
      /^"2010" .*"startsOn".*"2011-04"$/,
    ],
  ])('is refused in new records of %s, with a fault at %s', async (resource, pointer, document, expected) => {
    expect(await post(resource, document)).toMatchObject({
      status: 422,
      errors: [{ pointer, code: 'too_early', message: expect.stringMatching(expected) }],
    })
  })

  it('is refused in a replaced or patched record, a bulk request and a line of NDJSON', async () => {
    const path = await createProject({ startsOn: '2011-04' })
    const replaced = await api.put(path, { ...project, ...reversed })
    const patched = await api.patch(path, { endsOn: '2010' })
    for (const response of [replaced, patched]) {
      expect(response.status).toBe(422)
      expect(response.json()).toMatchObject({ errors: tooEarlyAt('/endsOn') })
    }
    const id = path.split('/').at(-1)
    const operations = [{ op: 'patch', id, ifMatch: '*', patch: { endsOn: '2010' } }]
    expect(await post('projects/bulk', { operations })).toMatchObject({
      errors: tooEarlyAt('/operations/0/patch/endsOn'),
    })
    const headers = { 'content-type': 'application/x-ndjson' }
    const line = JSON.stringify({ ...project, ...reversed })
    const imported = await api.post('/v1/projects/import', line, { headers })
    expect(imported.json()).toMatchObject({ errors: tooEarlyAt('/1/endsOn') })
  })

  const rows = 'Id,Start,End,Note\n1,2011-04,2010,\n2,2010,2011,\n'
  const example = { column: 'End', value: '2010', detail: `${message}.` }
  const dropped = '{from: End, onBadValue: drop}'
  const mapping = (end: string, scheme = newScheme()) =>
    titledMapping(scheme, {
      resource: 'projects',
      kind: 'joint_research',
      properties: ['startsOn: Start', `endsOn: ${end}`, 'summary: Note'],
    })

  it('is the reason for which an import refuses the row, and only this row', async () => {
    const { counts, report } = await importCsv(api.database, mapping('End'), rows)
    expect(counts).toMatchObject({ created: 1, refused: 1 })
    expect(report?.refusedBy).toMatchObject([{ rows: 1, example }])
  })

  it('is dropped by an import if its mapping drops bad values of the property', async () => {
    const { counts, report } = await importCsv(api.database, mapping(dropped), rows)
    expect(counts).toMatchObject({ created: 2, refused: 0 })
    expect(report?.droppedBy).toMatchObject([{ rows: 1, example }])
  })

  it('is dropped from an existing record, too, if the row has a new start but the same end', async () => {
    const scheme = newScheme()
    await importCsv(api.database, mapping(dropped, scheme), 'Id,Start,End,Note\n1,2010,2012,a\n')
    await importCsv(api.database, mapping(dropped, scheme), 'Id,Start,End,Note\n1,2013,2012,b\n')
    expect(await find(scheme)).toMatchObject({ startsOn: '2013', endsOn: null, summary: 'b' })
  })

  it('is no fault if the import keeps a start that somebody has changed', async () => {
    const scheme = newScheme()
    await importCsv(api.database, mapping('End', scheme), 'Id,Start,End,Note\n1,2015,,a\n')
    await api.patch(`/v1/projects/${(await find(scheme))?.id}`, { startsOn: '2010', endsOn: '2012' })
    await importCsv(api.database, mapping('End', scheme), 'Id,Start,End,Note\n1,2015,,b\n')
    expect(await find(scheme)).toMatchObject({ startsOn: '2010', endsOn: '2012', summary: 'b' })
  })
})

describe('an end is accepted', () => {
  it.each([
    ['2011', '2011'],
    ['2011-04', '2011'],
    ['201X', '2010'],
    ['2011/2013', '2012'],
    ['2012', '2010/2012'],
    ['2012', '2010/..'],
    ['../2012', '2010'],
  ])('if the start is %s and the end %s, which may be in order', async (startsOn, endsOn) => {
    const { status, text } = await api.post('/v1/projects', { ...project, startsOn, endsOn })
    expect(status, text).toBe(201)
  })
})

/** Upserts a project by a bulk request. */
const upsert = (path: string, dates: Record<string, string>) => {
  const id = path.split('/').at(-1)
  const operations = [{ op: 'upsert', id, document: { ...project, summary: 'New.', ...dates } }]
  return api.post('/v1/projects/bulk', { operations })
}

describe('a record that already ends before it starts', () => {
  it('can be upserted with these dates, but not with others in a wrong order', async () => {
    const path = await createReversed()
    expect((await upsert(path, reversed)).status).toBe(200)
    expect((await api.get(path)).json()).toMatchObject({ summary: 'New.', ...reversed })
    const refused = await upsert(path, { ...reversed, endsOn: '2009' })
    expect(refused.json()).toMatchObject({ errors: [{ pointer: '/operations/0/document/endsOn' }] })
    const unknown = await upsert(`/v1/projects/${randomUUID()}`, reversed)
    expect(unknown.json()).toMatchObject({ errors: tooEarlyAt('/operations/0/document/endsOn') })
  })

  it('can be read, changed in other properties, redacted, removed and restored', async () => {
    const path = await createReversed()
    expect((await api.get(path)).json()).toMatchObject(reversed)
    expect((await api.patch(path, { summary: 'A secret.' })).json()).toMatchObject(reversed)
    expect((await api.put(path, { ...project, ...reversed })).status).toBe(200)
    const headers = { 'if-match': '*' }
    const redaction = { text: 'secret', reason: 'Requested.' }
    expect((await api.post(`${path}/redact`, redaction, { headers })).status).toBe(200)
    await api.delete(path)
    expect((await api.post(`${path}/restore`, undefined)).json()).toMatchObject(reversed)
  })

  it('cannot get a further item of a list with the same dates in a wrong order', async () => {
    const terms = [{ startsOn: '2011-04', endsOn: '2012' }]
    const path = await createAt(api, 'agreements', { title: 'A treaty', kind: 'treaty', terms })
    await api.pool.query(`update agreements_terms set ends_on = '2010' where record = $1`, [
      path.split('/').at(-1),
    ])
    expect((await api.patch(path, { terms: [reversed] })).status).toBe(200)
    const refused = await api.patch(path, { terms: [reversed, reversed] })
    expect(refused.json()).toMatchObject({ errors: tooEarlyAt('/terms/1/endsOn') })
  })

  it('cannot get other dates in a wrong order, but can be corrected', async () => {
    const path = await createReversed()
    expect((await api.patch(path, { endsOn: '2009' })).status).toBe(422)
    expect((await api.patch(path, { endsOn: '2013' })).status).toBe(200)
  })
})
