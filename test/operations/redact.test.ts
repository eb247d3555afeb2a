// @module-tag slow

import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { createRecord, type Document, databaseTime, etagOf, faultAt } from '../support/documents.ts'
import { waitForFeed } from '../support/feed.ts'
import { fullDocument } from '../support/full-document.ts'
import { findIntegrityFaults } from '../support/integrity-faults.ts'
import { createAt } from '../support/labelled-records.ts'
import { sendRedaction } from '../support/redactions.ts'
import { resources } from '../support/registry.ts'

const api = useTestApi()

const create = (resource: string, document: object, headers = {}) =>
  createAt(api, resource, document, headers)

const redact = (path: string, body: object) => sendRedaction(api, path, body)

const findFaults = () => findIntegrityFaults(api.database)

/** Returns the pointers to the values in a document, without list indexes. */
const pointersOf = (value: unknown, pointer = ''): string[] => {
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => pointersOf(item, pointer)))]
  if (typeof value !== 'object' || value === null) return [pointer]
  return Object.entries(value).flatMap(([name, inner]) => pointersOf(inner, `${pointer}/${name}`))
}

/** Returns the former rows of a record in a table, as JSON text. `idColumn` names the column with the id of the record. */
const formerRows = async (table: string, idColumn: string, path: string) =>
  JSON.stringify(
    (await api.pool.query(`select * from history.${table} where ${idColumn} = $1`, [path.split('/').at(-1)]))
      .rows,
  )

it('optional properties become null, and required properties become a replacement text', async () => {
  const path = await create('sources', {
    title: 'Talk with Jane Doe',
    kind: 'interview',
    interviewee: 'Jane Doe',
  })
  await api.patch(path, { title: 'Second talk', interviewee: 'John Roe', publisher: 'Jane Doe' })
  const response = await redact(path, { properties: ['/interviewee', '/title'] })
  expect(response.json()).toMatchObject({
    title: '[redacted]',
    interviewee: null,
    publisher: 'Jane Doe',
    version: 3,
  })
  for (const version of [1, 2])
    expect((await api.get(`${path}/history/${version}`)).json()).toMatchObject({
      document: { title: '[redacted]', interviewee: null, kind: 'interview' },
      redactedBy: 3,
    })
  const former = await formerRows('sources', 'id', path)
  // The search vector has words in lower case and in quotation marks.
  expect(former).not.toMatch(/talk|Roe|'roe'/)
  expect(await findFaults()).toEqual([])
})

it('a property in a list is redacted in each element, and other properties stay unchanged', async () => {
  const parties = [
    { country: 'CHN', role: 'party', signatory: 'Jane Doe' },
    { country: 'PAK', role: 'party', signatory: 'John Roe' },
  ]
  const path = await create('agreements', { title: 'With names', kind: 'agreement', parties })
  await api.patch(path, { parties: [parties[1]] })
  const response = await redact(path, { properties: ['/parties/signatory'] })
  expect(response.status, response.text).toBe(200)
  expect(response.json()).toMatchObject({ parties: [{ country: 'PAK', signatory: null }] })
  expect((await api.get(`${path}/history/1`)).json()).toMatchObject({
    document: {
      parties: [
        { country: 'CHN', signatory: null },
        { country: 'PAK', signatory: null },
      ],
    },
  })
  expect(await formerRows('participations', 'record', path)).not.toMatch(/Doe|Roe/)
})

it('a property of a list in a list is redacted in former rows, which reads with asOf return', async () => {
  const parties = [
    { country: 'CHN', role: 'party', actions: [{ kind: 'signed', date: '2001', note: 'By Jane Doe' }] },
  ]
  const path = await create('agreements', { title: 'With notes', kind: 'agreement', parties })
  const asOf = (await api.get(path)).json<{ createdAt: string }>().createdAt
  await api.patch(path, { parties: [{ country: 'CHN', role: 'party' }] })
  expect((await redact(path, { properties: ['/parties/actions/note'] })).status).toBe(200)
  const past = await api.get(`${path}?asOf=${asOf}&fields=parties`)
  expect(past.json()).toMatchObject({ parties: [{ actions: [{ date: '2001', note: null }] }] })
  expect(await formerRows('participation_actions', 'record', path)).not.toContain('Doe')
})

it('reads with asOf keep equal values of other properties when a property is redacted', async () => {
  const participants = [
    { country: 'CHN', role: 'participant', contribution: 'CHN' },
    { country: 'PAK', role: 'participant', contribution: 'participant' },
  ]
  const amounts = [{ kind: 'budget', amount: 5000, currency: 'CNY', note: '5000' }]
  const path = await create('projects', {
    title: 'Equal values',
    kind: 'joint_research',
    participants,
    amounts,
  })
  const asOf = await databaseTime(api)
  for (const property of ['/participants/contribution', '/amounts/note'])
    expect((await redact(path, { properties: [property] })).status).toBe(200)
  const former = (await api.get(`${path}?asOf=${asOf}&fields=participants,amounts`)).json()
  expect(former).toMatchObject({
    participants: participants.map((participant) => ({ ...participant, contribution: null })),
    amounts: [{ kind: 'budget', amount: 5000, note: null }],
  })
  for (const filter of ['country=CHN', 'role=participant', 'amount=5000'])
    expect((await api.get(`/v1/projects?${filter}&asOf=${asOf}`)).text, filter).toContain('Equal values')
})

describe.each(resources)('redactions of the properties of $name', (resource) => {
  it('have the same effect on reads with asOf as on revisions', async () => {
    // Properties with equal texts, of which only the named one may change.
    const document = JSON.stringify(await fullDocument(resource, api)).replaceAll(/Text [0-9a-f-]+/g, 'CHN')
    const { path } = await createRecord(resource, api, JSON.parse(document))
    const asOf = await databaseTime(api)
    const fields = Object.keys(JSON.parse(document))
    const redacted: string[] = []
    for (const pointer of pointersOf(JSON.parse(document))) {
      const { status, text } = await redact(path, { properties: [pointer] })
      expect([200, 422], text).toContain(status)
      if (status === 200) redacted.push(pointer)
      const { document: revision } = (await api.get(`${path}/history/1`)).json<{ document: Document }>()
      const past = (await api.get(`${path}?asOf=${asOf}&fields=${fields.join()}`)).json()
      const read = fields.map((name) => [name, resource.document.shape[name]?.parse(revision[name])])
      expect(past, pointer).toEqual(Object.fromEntries(read))
    }
    expect(redacted).not.toEqual([])
    expect(await findFaults()).toEqual([])
  })
})

it('a text is redacted in aliases and external ids, in revisions and in former rows', async () => {
  const path = await create('organizations', {
    name: 'Office',
    kind: 'government',
    aliases: [{ name: 'Bureau of "Zaphod" Qqx', language: 'en' }],
    externalIds: [{ scheme: 'people', id: 'Zaphod" Qqx' }],
  })
  await api.patch(path, { name: 'Former office', aliases: [], externalIds: [] })
  expect((await redact(path, { text: 'Zaphod" Qqx', replacement: 'N. N.' })).status).toBe(200)
  expect((await api.get(`${path}/history/1`)).json()).toMatchObject({
    document: { aliases: [{ name: 'Bureau of "N. N.' }], externalIds: [{ scheme: 'people', id: 'N. N.' }] },
  })
  expect(await formerRows('organizations', 'id', path)).not.toMatch(/zaphod|qqx/i)
  expect(await formerRows('external_ids', 'record', path)).not.toMatch(/zaphod|qqx/i)
})

it('a replacement that forms the text again with the characters next to it is refused', async () => {
  const path = await create('sources', { title: 'Note of xyyy and Jane', kind: 'report' })
  const refused = await redact(path, { text: 'xy', replacement: 'x' })
  expect(refused.status, refused.text).toBe(422)
  expect(faultAt(refused, '/replacement')).toMatchObject({ code: 'invalid' })
  const redacted = await redact(path, { text: 'xy', replacement: 'N.' })
  expect(redacted.json()).toMatchObject({ title: 'Note of N.yy and Jane', version: 2 })
})

it("a replacement may be one that would form the text in another record's id, which stays", async () => {
  const organization = `${randomUUID().slice(0, -4)}abbb`
  const document = { id: organization, name: 'Party', kind: 'other' }
  const created = await api.post('/v1/organizations/bulk', { operations: [{ op: 'create', document }] })
  expect(created.status, created.text).toBe(200)
  const parties = [{ organization, role: 'party' }]
  const path = await create('agreements', { title: 'Of ab', kind: 'treaty', parties })
  const response = await redact(path, { text: 'ab', replacement: 'a' })
  expect(response.json()).toMatchObject({ title: 'Of a', parties: [{ organization }] })
})

it('a redaction is refused if it would duplicate an external id; the fault names both records', async () => {
  const paths: string[] = []
  for (const id of ['Jane', 'John'])
    paths.push(
      await create('sources', { title: 'By mail', kind: 'report', externalIds: [{ scheme: 'senders', id }] }),
    )
  const [jane = '', john = ''] = paths
  expect((await redact(jane, { text: 'Jane' })).status).toBe(200)
  const refused = await redact(john, { text: 'John' })
  expect(refused.status).toBe(409)
  const message = `makes /externalIds/0 of ${john} invalid: is already the id of ${jane}`
  expect(faultAt(refused, '/replacement')).toMatchObject({ code: 'taken', message })
  expect((await redact(john, { text: 'John', replacement: '[redacted 2]' })).status).toBe(200)
})

it('a text that also occurs in the random id of the record is redacted, and the id stays', async () => {
  const path = await create('sources', { title: 'Report', kind: 'report' })
  const text = path.slice(-4)
  await api.patch(path, { author: `PIN ${text}` })
  const response = await redact(path, { text })
  expect(response.status, response.text).toBe(200)
  expect(response.json()).toMatchObject({ author: 'PIN [redacted]', id: path.split('/').at(-1) })
})

it.each([
  ['constructor', '"constructor" is not a property there'],
  ['__proto__', '"__proto__" is not a property there'],
  ['version', 'it is set by the registry'],
])('the refusal of the property %s gives the reason: %s', async (name, reason) => {
  const path = await create('sources', { title: 'A report', kind: 'report' })
  const refused = await redact(path, { properties: [`/${name}`] })
  expect(refused.status, refused.text).toBe(422)
  expect(faultAt(refused, '/properties/0')?.message).toContain(`"/${name}" cannot be redacted: ${reason}`)
})

it.each(['reason', 'replacement'])('a %s with characters that reorder text is refused', async (property) => {
  const path = await create('sources', { title: 'A report', kind: 'report', context: 'By Jane Doe.' })
  const response = await redact(path, { text: 'Jane Doe', [property]: 'a\u202eb' })
  expect(response.status).toBe(422)
  const message = 'has a character that reorders text, U+202E, at character 2'
  expect(faultAt(response, `/${property}`)).toMatchObject({ code: 'wrong_format', message })
})

it('a text that is part of a visibility is redacted, and the visibility of all versions stays', async () => {
  const path = await create('sources', {
    title: 'Talk of interns',
    kind: 'interview',
    visibility: 'internal',
  })
  const asAdmin = { key: adminKey }
  const asInternal = `${path}?asOf=${await databaseTime(api)}`
  expect((await api.patch(path, { visibility: 'public' })).status).toBe(200)
  const response = await redact(path, { text: 'intern' })
  expect(response.status, response.text).toBe(200)
  expect(response.json()).toMatchObject({ title: 'Talk of [redacted]s', visibility: 'public' })
  expect((await api.get(`${path}/history/1`, asAdmin)).json()).toMatchObject({
    document: { visibility: 'internal' },
  })
  expect((await api.get(asInternal, asAdmin)).json()).toMatchObject({ visibility: 'internal' })
  expect((await api.get(asInternal)).status).toBe(404)
})

it('former rows that SQL wrote are redacted, even if no document was composed from them', async () => {
  const path = await create('sources', { title: 'Before', kind: 'report' })
  const id = path.split('/').at(-1)
  for (const title of ['Of Zaphod Qqy', 'After'])
    await api.pool.query('update sources set title = $1 where id = $2', [title, id])
  expect(await formerRows('sources', 'id', path)).toContain('Qqy')
  expect((await redact(path, { text: 'Zaphod Qqy' })).status).toBe(200)
  expect(await formerRows('sources', 'id', path)).not.toMatch(/qqy/i)
})

it('all former rows of a record are redacted, even if they are many', async () => {
  const path = await create('sources', { title: 'Of Zaphod Qqy', kind: 'report' })
  await api.patch(path, { title: 'After' })
  for (const table of ['sources', 'records'])
    await api.pool.query(
      `insert into history.${table} select former.* from history.${table} as former, generate_series(1, 250) where id = $1`,
      [path.split('/').at(-1)],
    )
  expect((await redact(path, { text: 'Zaphod Qqy' })).status).toBe(200)
  for (const table of ['sources', 'records']) {
    const former = await formerRows(table, 'id', path)
    expect(JSON.parse(former).length).toBeGreaterThan(250)
    expect(former).not.toMatch(/qqy/i)
  }
})

it('redacting a text does not change a reference to another record whose id contains the text', async () => {
  const source = (await create('sources', { title: 'Cited', kind: 'report' })).split('/').at(-1)
  const record = { resource: 'countries', id: 'CHN' }
  // The citation refers to China by its internal id. The text is eight characters of this id, since a shorter text could also
  // occur in the random id of the source.
  const { rows } = await api.pool.query<{ text: string }>(
    "select left(id::text, 8) as text from records where resource = 'countries' and key = 'CHN'",
  )
  const text = rows[0]?.text ?? ''
  const path = await create('citations', { source, record, excerpt: `Telephone ${text}` })
  const asOf = await databaseTime(api)
  await api.patch(path, { note: 'Checked' })
  const response = await redact(path, { text })
  expect(response.status, response.text).toBe(200)
  expect((await api.get(`${path}?asOf=${asOf}&fields=record,excerpt`)).json()).toEqual({
    record,
    excerpt: 'Telephone [redacted]',
  })
})

it('a text that an id of another record contains by chance is redacted elsewhere', async () => {
  const organization =
    (await create('organizations', { name: 'Party', kind: 'other' })).split('/').at(-1) ?? ''
  const text = organization.slice(-6)
  const parties = [{ organization, role: 'party' }]
  const path = await create('agreements', { title: `Of ${text}`, kind: 'treaty', parties })
  const response = await redact(path, { text })
  expect(response.status, response.text).toBe(200)
  expect(response.json()).toMatchObject({ title: 'Of [redacted]', parties: [{ organization }] })
  expect((await api.get(`${path}/history/1`)).json()).toMatchObject({
    document: { parties: [{ organization }] },
  })
})

it('a record as of a time before a redaction has another entity tag afterward', async () => {
  const path = await create('sources', { title: 'Of Zaphod Tag', kind: 'report' })
  const past = `${path}?asOf=${await databaseTime(api)}`
  await api.patch(path, { note: 'Later' })
  const headers = { 'if-none-match': etagOf(await api.get(past)) }
  expect((await api.get(past, { headers })).status).toBe(304)
  expect((await redact(path, { text: 'Zaphod Tag' })).status).toBe(200)
  const response = await api.get(past, { headers })
  expect([response.status, response.json<{ title: string }>().title]).toEqual([200, 'Of [redacted]'])
})

it('repeated requests whose stored responses were redacted are refused', async () => {
  const headers = { 'idempotency-key': randomUUID() }
  const document = { title: 'Of Jane Doe', kind: 'report' }
  const path = await create('sources', document, headers)
  await redact(path, { text: 'Jane Doe' })
  const repeated = await api.post('/v1/sources', document, { headers })
  expect(repeated.status).toBe(422)
  expect(repeated.json<{ detail: string }>().detail).toMatch(/was redacted, and the request is not run again/)
})

it('a text is redacted in the names and ids of actors, and in the reasons of changes', async () => {
  const path = await create('organizations', { name: 'Changed by a person', kind: 'academic' })
  const { key } = (await api.post('/v1/keys', { name: 'Key of ADMIN_KEY', role: 'editor' })).json<{
    key: string
  }>()
  const headers = { 'change-reason': 'As ADMIN_KEY says' }
  expect((await api.patch(path, { acronym: 'CP' }, { key, headers })).status).toBe(200)
  expect((await redact(path, { text: 'ADMIN_KEY' })).status).toBe(200)
  const { data } = (await api.get(`${path}/history`)).json<{ data: Document[] }>()
  expect(data.slice(1)).toMatchObject([
    { actor: { name: 'Key of [redacted]' }, reason: 'As [redacted] says' },
    { actor: { id: '[redacted]', name: '[redacted]' }, reason: null },
  ])
})

it('a redaction is a separate change in the feed', async () => {
  const path = await create('sources', { title: 'Of Jane Doe', kind: 'report' })
  await redact(path, { text: 'Jane Doe' })
  await waitForFeed(api)
  const { data } = (await api.get('/v1/changes?limit=500&resource=sources')).json<{
    data: { key: string; operation: string; redactedBy: number | null; document: { title: string } }[]
  }>()
  expect(data.filter(({ key }) => path.endsWith(key))).toMatchObject([
    { operation: 'create', redactedBy: 2, document: { title: 'Of [redacted]' } },
    { operation: 'redact', redactedBy: null, document: { title: 'Of [redacted]' } },
  ])
})

it('verify reports a redacted revision that was changed after its redaction', async () => {
  const path = await create('sources', { title: 'Of Jane Doe', kind: 'report' })
  await redact(path, { text: 'Jane Doe' })
  await redact(path, { properties: ['/title'] })
  expect(await findFaults()).toEqual([])
  const key = path.split('/').at(-1)
  await api.pool.query(`begin; set local entente.redaction = 'on';
    update revisions set document = replace(document::text, '[redacted]', 'Of Jane Roe')::json where key = '${key}' and version = 1;
    commit`)
  expect(await findFaults()).toEqual([
    `sources/${key} version 1: its content differs from the content that the redaction in version 3 stored`,
  ])
})

it('a redacted revision gets a new salt, so that its former hash confirms no guess of the text', async () => {
  const path = await create('sources', { title: 'Of Jane Doe', kind: 'report' })
  expect((await api.patch(path, { title: 'Of nobody' })).status).toBe(200)
  const salts = async () => {
    const { rows } = await api.pool.query<{ salt: Buffer }>(
      'select salt from revisions where key = $1 and version <= 2 order by version',
      [path.split('/').at(-1)],
    )
    return rows.map(({ salt }) => salt.toString('hex'))
  }
  const [first, second] = await salts()
  expect((await redact(path, { text: 'Jane Doe' })).status).toBe(200)
  const [redacted, unchanged] = await salts()
  expect(redacted).toMatch(/^[0-9a-f]{32,}$/)
  expect(redacted).not.toBe(first)
  expect(unchanged).toBe(second)
})
