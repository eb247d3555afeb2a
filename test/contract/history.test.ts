import { applyPatch, type Operation } from 'rfc6902'
import { describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import {
  createRecord,
  type Document,
  databaseTime,
  exampleDocument,
  ifMatch,
  isSeeded,
  keyIn,
  listPath,
  nameProperty,
  pathTo,
  readProblem,
  resourceOf,
  seededKey,
  unusedKey,
} from '../support/documents.ts'
import { fullDocument } from '../support/full-document.ts'
import { resources } from '../support/registry.ts'

const api = useTestApi()

/** The actor in histories for the key that the tests use. */
const administrator = { kind: 'key', id: 'ADMIN_KEY', name: 'ADMIN_KEY' }

interface Entry {
  version: number
  operation: string
  actor: { kind: string; id: string | null; name: string | null }
  time: string
  requestId: string | null
  reason: string | null
  changes: Operation[]
}

interface HistoryPage {
  data: Entry[]
  page: { limit: number; next: string | null }
}

const historyOf = async (path: string) =>
  (await api.get(`${path}/history?limit=200`)).json<HistoryPage>().data
const versionOf = async (path: string, version: number) =>
  (await api.get(`${path}/history/${version}`)).json<Entry & { document: Document }>()

const withReason = (reason: string) => ({ headers: { 'change-reason': reason } })

/** A record without its version and times. */
const contentOf = ({ version, createdAt, updatedAt, ...rest }: Document) => rest

describe.each(resources)('the history of $name', (resource) => {
  const name = nameProperty(resource)

  it('has every change once, newest first, with its actor, its reason and the record', async () => {
    const document = await fullDocument(resource, api)
    const response = await api.post(listPath(resource), document, withReason('first'))
    const record = response.json()
    const path = pathTo(resource, keyIn(resource, record))
    const patched = (await api.patch(path, { [name]: 'Patched' }, withReason('second'))).json()
    const replaced = (await api.put(path, { ...patched, [name]: 'Replaced' })).json()
    await api.patch(path, { [name]: 'Replaced' })
    await api.delete(path, withReason('last'))

    const entries = await historyOf(path)
    expect(entries).toMatchObject([
      { version: 4, operation: 'remove', actor: administrator, reason: 'last' },
      { version: 3, operation: 'replace', actor: administrator, reason: null },
      { version: 2, operation: 'patch', actor: administrator, reason: 'second' },
      { version: 1, operation: 'create', actor: administrator, reason: 'first' },
    ])
    expect(new Set(entries.map(({ requestId }) => requestId)).size).toBe(4)
    for (const [version, state] of [record, patched, replaced, replaced].entries())
      expect((await versionOf(path, version + 1)).document).toEqual(state)
    expect((await api.get(`${path}/history/5`)).status).toBe(404)
    expect((await api.get(`${path}/history/0`)).status).toBe(400)
  })

  it('has patches that produce each version from the previous one', async () => {
    const { path } = await createRecord(resource, api, await fullDocument(resource, api))
    await api.put(path, { ...(await exampleDocument(resource, api)), ...(await clientKey(path)) })
    await api.patch(path, { [name]: 'Once more' })
    const state = { record: null as unknown }
    const entries = await historyOf(path)
    expect(entries).toHaveLength(3)
    for (const { version, changes } of entries.reverse()) {
      const patch: Operation[] = changes.map((change) => ({ ...change, path: `/record${change.path}` }))
      expect(applyPatch(state, patch)).toEqual(patch.map(() => null))
      expect(state.record).toEqual((await versionOf(path, version)).document)
    }
  })

  /** The key, if clients choose it, since a replace must repeat it. */
  async function clientKey(path: string): Promise<Document> {
    const record = (await api.get(path)).json()
    return resource.key.assignedBy === 'client' ? { [resource.key.property]: keyIn(resource, record) } : {}
  }

  it('can be read in pages', async () => {
    const { path } = await createRecord(resource, api)
    for (const text of ['A', 'B', 'C', 'D']) await api.patch(path, { [name]: text })
    const seen: Entry[][] = []
    for (let cursor = ''; ; ) {
      const response = await api.get(`${path}/history?limit=2${cursor}`)
      const { data, page } = response.json<HistoryPage>()
      seen.push(data)
      expect(response.headers.has('link')).toBe(page.next !== null)
      if (page.next === null) break
      cursor = `&cursor=${page.next}`
    }
    expect(seen.map((page) => page.map(({ version }) => version))).toEqual([[5, 4], [3, 2], [1]])
    expect(seen.flat()).toEqual(await historyOf(path))
  })

  it('has only versions of its record, and returns 404 for a record that never existed', async () => {
    const [one, other] = [await createRecord(resource, api), await createRecord(resource, api)]
    for (const text of ['A', 'B']) await api.patch(one.path, { [name]: text })
    const { next } = (await api.get(`${one.path}/history?limit=1`)).json<HistoryPage>().page
    expect((await api.get(`${other.path}/history?cursor=${next}`)).status).toBe(400)
    expect(await historyOf(other.path)).toHaveLength(1)
    const nothing = pathTo(resource, unusedKey(resource))
    expect((await api.get(`${nothing}/history`)).status).toBe(404)
    expect((await api.get(`${nothing}/history/1`)).status).toBe(404)
    expect((await api.post(`${nothing}/restore`, undefined)).status).toBe(404)
  })

  it('begins with a revision of the actor seed for seeded records', async ({ skip }) => {
    skip(!isSeeded(resource), `${resource.name} has no seed data`)
    const key = await seededKey(api, resource.name)
    const [entry] = (await historyOf(pathTo(resource, key))).slice(-1)
    expect(entry).toMatchObject({
      version: 1,
      operation: 'create',
      actor: { kind: 'seed', id: null, name: null },
      requestId: null,
    })
    const { document } = await versionOf(pathTo(resource, key), 1)
    expect(document).toEqual((await api.get(pathTo(resource, key))).json())
  })

  it('has each record of an NDJSON import under its key, as reads return it', async () => {
    const documents = [await fullDocument(resource, api), await exampleDocument(resource, api)]
    const lines = documents.map((document) => `${JSON.stringify(document)}\n`).join('')
    const response = await api.post(`${listPath(resource)}/import`, lines, {
      headers: { 'content-type': 'application/x-ndjson', 'change-reason': 'import' },
    })
    expect(response.status).toBe(201)
    for (const created of response.json<{ data: Document[] }>().data) {
      const path = pathTo(resource, keyIn(resource, created))
      expect(await historyOf(path)).toMatchObject([{ version: 1, operation: 'create', reason: 'import' }])
      expect((await versionOf(path, 1)).document).toEqual((await api.get(path)).json())
    }
  })

  it('has no revision for a refused change', async () => {
    const { path, record } = await createRecord(resource, api)
    const document = contentOf(record)
    const before = await revisionCount()
    const created = await api.post(listPath(resource), document)
    // Where the registry assigns the ids, the document is invalid, since it has one.
    expect(created.status).toBe(resource.key.assignedBy === 'client' ? 409 : 422)
    expect((await api.patch(path, { [name]: 5 })).status).toBe(422)
    expect((await api.patch(path, { [name]: 'New' }, ifMatch('"9"'))).status).toBe(412)
    expect((await api.delete(path, ifMatch('"9"'))).status).toBe(412)
    expect(await revisionCount()).toBe(before)
  })

  it('restores a removed record under its key, with the next version', async () => {
    const { path, record, key } = await createRecord(resource, api, await fullDocument(resource, api))
    await api.patch(path, { [name]: 'Changed' })
    await api.delete(path)
    const response = await api.post(`${path}/restore`, undefined, withReason('a mistake'))
    expect(response.status).toBe(201)
    expect(response.headers.get('location')).toBe(path)
    expect(response.headers.get('etag')).toBe('"4"')
    expect(response.json()).toMatchObject({
      ...contentOf(record),
      [name]: 'Changed',
      version: 4,
      createdAt: record.createdAt,
    })
    expect((await api.get(path)).json()).toEqual(response.json())
    expect((await historyOf(path))[0]).toMatchObject({
      version: 4,
      operation: 'restore',
      reason: 'a mistake',
    })
    expect(keyIn(resource, response.json())).toBe(key)

    await api.delete(path)
    const first = await api.post(`${path}/restore`, { version: 1 })
    expect(first.json()).toMatchObject({ ...contentOf(record), version: 6 })
  })

  it('returns the record as of any time, with all or with some properties', async () => {
    const early = await databaseTime(api)
    const { path, record } = await createRecord(resource, api, await fullDocument(resource, api))
    const created = await databaseTime(api)
    const patched = (await api.patch(path, { [name]: 'Changed' })).json()
    const changed = await databaseTime(api)
    await api.delete(path)
    const removed = await databaseTime(api)
    await api.post(`${path}/restore`, { version: 1 })

    const readAsOf = (moment: string, more = '') => api.get(`${path}?asOf=${moment}${more}`)
    expect((await readAsOf(early)).status).toBe(404)
    const [first, second] = [await readAsOf(created), await readAsOf(changed)]
    expect([first.json(), second.json()]).toEqual([record, patched])
    const etags = [first, second].map(({ headers }) => headers.get('etag'))
    expect(etags).toEqual([expect.stringMatching(/^"1-/), expect.stringMatching(/^"2-/)])
    expect((await readAsOf(removed)).status).toBe(404)
    expect((await readAsOf(changed.replace('Z', '%2B00:00'), `&fields=${name},version`)).text).toBe(
      (await readAsOf(changed, `&fields=${name},version`)).text,
    )
    expect((await readAsOf(changed, `&fields=${name},version`)).json()).toEqual({
      [name]: 'Changed',
      version: 2,
    })
    expect((await readAsOf(await databaseTime(api))).json()).toEqual((await api.get(path)).json())
  })

  it('restores an earlier version with a matching If-Match', async () => {
    const { path, record } = await createRecord(resource, api, await fullDocument(resource, api))
    for (const text of ['B', 'C']) await api.patch(path, { [name]: text })
    expect((await api.post(`${path}/restore`, {})).status).toBe(428)
    expect((await api.post(`${path}/restore`, {}, ifMatch('"2"'))).status).toBe(412)
    const undone = await api.post(`${path}/restore`, undefined, ifMatch('"3"'))
    expect(undone.status).toBe(200)
    expect(undone.json()).toMatchObject({ ...contentOf(record), [name]: 'B', version: 4 })
    const first = await api.post(`${path}/restore`, { version: 1 }, ifMatch('*'))
    expect(contentOf(first.json())).toEqual(contentOf(record))
    expect((await api.post(`${path}/restore`, { version: 1 }, ifMatch('"5"'))).headers.get('etag')).toBe(
      '"5"',
    )
    const unknown = await api.post(`${path}/restore`, { version: 77 }, ifMatch('*'))
    expect(unknown.status).toBe(422)
    expect(readProblem(unknown).errors).toMatchObject([{ pointer: '/version', code: 'unknown_version' }])
    for (const body of [{ verson: 1 }, { version: 0 }, { version: '1' }])
      expect((await api.post(`${path}/restore`, body, ifMatch('*'))).status).toBe(422)
  })
})

const revisionCount = async () =>
  (await api.pool.query<{ count: number }>('select count(*)::int as count from revisions')).rows[0]?.count

const countries = resourceOf('countries')
const organizations = resourceOf('organizations')

describe('the restore of a removed record', () => {
  it('is refused with a pointer when the record refers to another removed record', async () => {
    const parent = await createRecord(organizations, api)
    const child = await createRecord(organizations, api, {
      ...(await exampleDocument(organizations, api)),
      parent: parent.key,
    })
    await api.delete(child.path)
    await api.delete(parent.path)
    const refused = await api.post(`${child.path}/restore`, undefined)
    expect(refused.status).toBe(422)
    expect(readProblem(refused).errors).toMatchObject([{ pointer: '/parent', code: 'dangling_reference' }])
    await api.post(`${parent.path}/restore`, undefined)
    expect((await api.post(`${child.path}/restore`, undefined)).status).toBe(201)
  })

  it('is refused when another record has one of its external ids now', async () => {
    const document = await exampleDocument(organizations, api)
    const { path } = await createRecord(organizations, api, document)
    await api.delete(path)
    await createRecord(organizations, api, document)
    const refused = await api.post(`${path}/restore`, undefined)
    expect(refused.status).toBe(409)
    expect(readProblem(refused).errors).toMatchObject([{ pointer: '/externalIds/0', code: 'taken' }])
  })

  it('happens only once when four clients request it at the same time', async () => {
    const { path } = await createRecord(organizations, api)
    await api.delete(path)
    const responses = await Promise.all(
      Array.from({ length: 4 }, () => api.post(`${path}/restore`, undefined, ifMatch('*'))),
    )
    expect(responses.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(await historyOf(path)).toHaveLength(3)
  })
})

describe('versions', () => {
  it('continue when a record is created again under the key of a removed one', async () => {
    const document = await exampleDocument(countries, api)
    const { path } = await createRecord(countries, api, document)
    await api.delete(path)
    const again = await api.post('/v1/countries', document)
    expect(again.headers.get('etag')).toBe('"3"')
    expect((await historyOf(path)).map(({ version, operation }) => [version, operation])).toEqual([
      [3, 'create'],
      [2, 'remove'],
      [1, 'create'],
    ])
  })

  it('continue when a record is created again from NDJSON or in SQL', async () => {
    const { path, record } = await createRecord(organizations, api)
    await api.delete(path)
    await api.post('/v1/organizations/import', JSON.stringify(record), {
      headers: { 'content-type': 'application/x-ndjson' },
    })
    expect((await api.get(path)).headers.get('etag')).toBe('"3"')
    await createRecord(resourceOf('topics'), api, {
      ...(await exampleDocument(resourceOf('topics'), api)),
      slug: 'twice',
    })
    await api.delete('/v1/topics/twice')
    await api.pool.query("insert into topics (slug, name, scheme) values ('twice', 'Twice', 'domain')")
    expect((await api.get('/v1/topics/twice')).headers.get('etag')).toBe('"3"')
    expect((await api.patch('/v1/topics/twice', { name: 'Three times' })).headers.get('etag')).toBe('"4"')
  })
})

describe('the reason of a change', () => {
  it('may be sent in UTF-8, in any script, or in ISO 8859-1', async () => {
    const { path } = await createRecord(organizations, api)
    const asBytes = (text: string) => Buffer.from(text).toString('latin1')
    await api.patch(path, { name: 'A' }, withReason(asBytes('条约集给出另一日期')))
    await api.patch(path, { name: 'B' }, withReason('caf\u00e9'))
    expect((await historyOf(path)).map(({ reason }) => reason)).toEqual(['café', '条约集给出另一日期', null])
  })

  it('may have at most 500 characters', async () => {
    const { path } = await createRecord(organizations, api)
    expect((await api.patch(path, { name: 'A' }, withReason('x'.repeat(500)))).status).toBe(200)
    const refused = await api.patch(path, { name: 'B' }, withReason('x'.repeat(501)))
    expect(refused.status).toBe(400)
    expect(readProblem(refused).errors).toMatchObject([
      { header: 'Change-Reason', code: 'too_big', limit: 500 },
    ])
  })

  it.each([
    ['\u202ereversed', 'has a character that reorders text, U+202E, at character 1'],
    ['a\u2066b', 'has a character that reorders text, U+2066, at character 2'],
    ['two\tcolumns', 'has a control character, U+0009, at character 4'],
    ['two\u2028lines', 'has a line separator, U+2028, at character 4'],
  ])('%j is refused with a fault that names the forbidden character', async (reason, message) => {
    const { path } = await createRecord(organizations, api)
    const bytes = Buffer.from(reason).toString('latin1')
    const refused = await api.patch(path, { name: 'A' }, withReason(bytes))
    expect(refused.status).toBe(400)
    expect(readProblem(refused).errors).toEqual([{ header: 'Change-Reason', code: 'wrong_format', message }])
    expect(await historyOf(path)).toHaveLength(1)
  })
})

describe('the stored history', () => {
  it.each([
    'update revisions set actor = actor',
    'delete from revisions',
    'truncate revisions',
    "set session_replication_role = replica; delete from revisions where key = 'CHN'",
  ])('cannot be changed in SQL, even while ordinary triggers are off: %s', async (statement) => {
    const before = await revisionCount()
    const client = await api.pool.connect()
    try {
      await expect(client.query(statement)).rejects.toThrow('refused')
    } finally {
      client.release(true)
    }
    expect(await revisionCount()).toBe(before)
  })

  it('has no revision of a change that fails only at the commit', async () => {
    const { path, record } = await createRecord(organizations, api)
    await api.pool.query(`
      create function fail_late() returns trigger language plpgsql as 'begin raise exception using errcode = ''57014''; end';
      create constraint trigger fail_late after insert or update or delete on organizations
        deferrable initially deferred for each row execute function fail_late()`)
    const before = await revisionCount()
    expect((await api.patch(path, { name: 'Never' })).status).toBe(503)
    expect((await api.delete(path)).status).toBe(503)
    expect((await api.post('/v1/organizations', await exampleDocument(organizations, api))).status).toBe(503)
    await api.pool.query('drop trigger fail_late on organizations')
    expect(await revisionCount()).toBe(before)
    expect((await api.get(path)).json()).toEqual(record)
  })
})
