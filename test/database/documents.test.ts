// @module-tag slow

import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { columnOf } from '../../src/database/columns.ts'
import { compileSql } from '../../src/database/dialect.ts'
import { recomposeUncomposed } from '../../src/features/recompose/recompose.ts'
import { composedJson, propertiesOf } from '../../src/model/document.ts'
import type { Resource } from '../../src/model/resource.ts'
import { registry } from '../../src/resources/registry.ts'
import { useTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { waitUntilBlocked } from '../support/blocked-sessions.ts'
import {
  type Document,
  databaseTime,
  keyIn,
  nameProperty,
  pathTo,
  resourceOf,
  sharedKey,
} from '../support/documents.ts'
import { runWrites, type SqlWrite, sqlWrite, toSql, writtenTables } from '../support/sql-writes.ts'

/** Stored documents equal the documents composed from the tables, even after writes that bypass the service. */

const api = useTestApi({ env: { CACHE_MB: '0' } })
beforeAll(async () => {
  // Creates a record of each resource that has no seed data, since the SQL writes to the lists of its records need one.
  for (const { name } of registry.resources) await sharedKey(api, name)
})

const byDatabase = { kind: 'database', id: null, name: null }

/** Returns the documents of a resource by key, composed from its tables. */
async function composeDocuments(resource: Resource): Promise<Map<string, Document>> {
  const all = sql`select ${resource.key.column}::text as key, ${composedJson(resource, propertiesOf(resource))}::json as document from ${resource.table}`
  const { rows } = await api.pool.query<{ key: string; document: Document }>(compileSql(all).text)
  return new Map(rows.map(({ key, document }) => [key, document]))
}

/** Returns the citations by the id of the cited record, composed from the tables, with their sources. */
async function composeCitations(): Promise<Map<string, Document[]>> {
  const [citations, sources] = await Promise.all([
    composeDocuments(resourceOf('citations')),
    composeDocuments(resourceOf('sources')),
  ])
  const { table, id } = resourceOf('citations')
  const cited = sql`select ${id}::text as id, ${columnOf(table, 'citedRecord')}::text as record from ${table} order by 1`
  const { rows } = await api.pool.query<{ id: string; record: string }>(compileSql(cited).text)
  const found = new Map<string, Document[]>()
  for (const { id: key, record } of rows) {
    const citation = citations.get(key) ?? {}
    const whole = { ...citation, sourceDetails: sources.get(String(citation.source)) }
    found.set(record, [...(found.get(record) ?? []), whole])
  }
  return found
}

interface ChangedRecord {
  resource: string
  key: string
  id: string | null
}

/** Returns the records that were written or removed since a time. */
async function changedSince(time: string): Promise<ChangedRecord[]> {
  const { rows } = await api.pool.query<ChangedRecord>(
    `select resource, key, id from records where updated_at >= $1
     union select resource, key, null from revisions where "time" >= $1 and operation = 'remove'
       and not exists (select from records where records.resource = revisions.resource and records.key = revisions.key)`,
    [time],
  )
  return rows
}

const byId = (list: unknown) =>
  (list as Document[]).toSorted((one, other) => String(one.id).localeCompare(String(other.id)))

/** Expects every response about the changed records and their resources to match the tables. */
async function expectCurrentResponses(changedRecords: ChangedRecord[]): Promise<void> {
  const citations = await composeCitations()
  for (const name of new Set(changedRecords.map(({ resource }) => resource))) {
    const resource = resourceOf(name)
    const live = await composeDocuments(resource)
    for (const { key, id } of changedRecords.filter((one) => one.resource === name)) {
      const include = name === 'citations' ? '' : '?include=citations'
      const response = await api.get(`${pathTo(resource, key)}${include}`, { key: adminKey })
      expect(response.status, `${name} ${key}`).toBe(live.has(key) ? 200 : 404)
      if (response.status === 404) continue
      const { citations: included, ...record } = response.json<Document>()
      expect(record).toEqual(live.get(key))
      if (include) expect(byId(included)).toEqual(byId(citations.get(id ?? '') ?? []))
    }
    const page = (await api.get(`/v1/${name}?sort=-updatedAt&limit=50`, { key: adminKey })).json<{
      data: Document[]
    }>()
    for (const record of page.data) expect(record).toEqual(live.get(keyIn(resource, record)))
    const exported = (await api.get(`/v1/${name}/export?format=ndjson`, { key: adminKey })).text
      .split('\n')
      .filter(Boolean)
    const records = exported.map((line): Document => JSON.parse(line))
    expect(new Map(records.map((record) => [keyIn(resource, record), record]))).toEqual(live)
  }
}

interface Entry {
  version: number
  operation: string
  actor: unknown
  document: Document
}

const lastRevision = async ({ resource, key }: ChangedRecord): Promise<Entry | undefined> => {
  const { rows } = await api.pool.query<Entry>(
    'select version, operation, actor, document from revisions where resource = $1 and key = $2 order by version desc limit 1',
    [resource, key],
  )
  return rows[0]
}

/** Expects the last revision of each record to have its current document and the actor `database`. Skips keys in `patched`. */
async function expectRevisions(changedRecords: ChangedRecord[], patched = new Set<string>()): Promise<void> {
  const documents = new Map<string, Map<string, Document>>()
  for (const { resource } of changedRecords)
    if (!documents.has(resource)) documents.set(resource, await composeDocuments(resourceOf(resource)))
  for (const one of changedRecords) {
    if (patched.has(one.key)) continue
    const live = documents.get(one.resource)?.get(one.key)
    const last = await lastRevision(one)
    if (live) expect(last).toMatchObject({ version: live.version, document: live, actor: byDatabase })
    else expect(last).toMatchObject({ operation: 'remove', actor: byDatabase })
    const { data } = (
      await api.get(`${pathTo(resourceOf(one.resource), one.key)}/history?limit=1`, { key: adminKey })
    ).json<{
      data: Entry[]
    }>()
    expect(data[0]).toMatchObject({ version: last?.version, operation: last?.operation, actor: byDatabase })
  }
}

/** Expects versions, times and feed positions to increase together in the revisions of each record. */
async function expectOrder(): Promise<void> {
  const { rows } = await api.pool.query(
    `select resource, key, version from (
       select *, lag(version) over before as v, lag("time") over before as t, lag(transaction) over before as x from revisions
       window before as (partition by resource, key order by version)
     ) as listed where version <= v or "time" <= t or transaction < x`,
  )
  expect(rows).toEqual([])
  const { rows: stale } = await api.pool.query(
    `select records.key from records join revisions using (resource, key)
     where revisions.version > records.version`,
  )
  expect(stale).toEqual([])
}

/** Patches one of the records through the service. Expects its revision to follow that of the SQL write. @returns its key. */
async function patchOne(changedRecords: ChangedRecord[]): Promise<string | undefined> {
  const one = changedRecords.find(({ id }) => id !== null)
  if (!one) return undefined
  const resource = resourceOf(one.resource)
  const path = pathTo(resource, one.key)
  const before = (await api.get(path, { key: adminKey })).json()
  const patched = await api.patch(path, { [nameProperty(resource)]: `By the service ${before.version}` })
  expect(patched.json()).toMatchObject({ version: Number(before.version) + 1 })
  const { rows } = await api.pool.query<Entry>(
    'select version, operation, actor, document from revisions where resource = $1 and key = $2 order by version desc limit 2',
    [one.resource, one.key],
  )
  expect(rows).toMatchObject([
    { version: Number(before.version) + 1, operation: 'patch', actor: { kind: 'key' } },
    { version: before.version, document: before, actor: byDatabase },
  ])
  return one.key
}

const round = fc.record({
  isPatched: fc.boolean(),
  writes: fc.array(sqlWrite, { minLength: 1, maxLength: 5 }),
  end: fc.constantFrom('commit' as const, 'commit' as const, 'commit' as const, 'rollback' as const),
})

describe('a write that bypasses the service', () => {
  it.each(writtenTables.filter((table) => table !== 'records'))(
    'to %s is in every response once it commits, and later in the history',
    async (table) => {
      const write = (action: SqlWrite['action'], row: number): SqlWrite => ({
        table,
        action,
        row,
        draw: 41 + row,
        savepoint: 'none',
      })
      for (const one of [write('insert', 3), write('update', 0), write('delete', 0)]) {
        const start = await databaseTime(api)
        const accepted = await runWrites(api.pool, [one], 'commit')
        expect(accepted, toSql(one)).toBe(1)
        const changedRecords = await changedSince(start)
        expect(changedRecords, toSql(one)).not.toEqual([])
        await expectCurrentResponses(changedRecords)
        await recomposeUncomposed(api.database, registry)
        await expectCurrentResponses(changedRecords)
        await expectRevisions(changedRecords)
      }
      await expectOrder()
    },
  )

  it('of any kind, in any transaction, never leaves a stale response', { timeout: 120_000 }, async () => {
    let count = 0
    await fc.assert(
      fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 4 }), async (rounds) => {
        const start = await databaseTime(api)
        const patched = new Set<string>()
        for (const { writes, end, isPatched } of rounds) {
          const roundStart = await databaseTime(api)
          count += await runWrites(api.pool, writes, end)
          const changedRecords = await changedSince(roundStart)
          if (end === 'rollback') expect(changedRecords).toEqual([])
          await expectCurrentResponses(changedRecords)
          for (const { key } of changedRecords) patched.delete(key)
          const key = isPatched ? await patchOne(changedRecords) : undefined
          if (key !== undefined) patched.add(key)
        }
        await recomposeUncomposed(api.database, registry)
        const changedRecords = await changedSince(start)
        await expectCurrentResponses(changedRecords)
        await expectRevisions(changedRecords, patched)
        await expectOrder()
      }),
      { numRuns: 10, endOnFailure: true },
    )
    expect(count).toBeGreaterThan(10)
  })

  it('whose insert is skipped (on conflict do nothing) leaves no record and no revision', async () => {
    const insert = `insert into organizations (name, kind, ror) values ('Once', 'academic', 'https://ror.org/034t30j35')
      on conflict (ror) do nothing`
    await api.pool.query(insert)
    await recomposeUncomposed(api.database, registry)
    const start = await databaseTime(api)
    await api.pool.query(insert)
    await recomposeUncomposed(api.database, registry)
    expect(await changedSince(start)).toEqual([])
    const { rows } = await api.pool.query('select from revisions where "time" >= $1', [start])
    expect(rows).toEqual([])
  })

  it('that is one of two concurrent upserts of the same record succeeds, as the other does', async () => {
    const holder = await api.pool.connect()
    onTestFinished(() => holder.release(true))
    await holder.query("begin; select from topics where slug = 'energy' for update")
    const upserts = ['One', 'Other'].map((name) =>
      api.pool.query(
        `insert into topics (slug, name, scheme) values ('energy', $1, 'ford')
          on conflict (slug) do update set name = excluded.name`,
        [name],
      ),
    )
    await waitUntilBlocked(api.pool, 2)
    await holder.query('rollback')
    expect((await Promise.all(upserts)).map(({ rowCount }) => rowCount)).toEqual([1, 1])
  })

  it('and soon follows another one gets a revision; only asOf finds the version between them', async () => {
    const path = '/v1/topics/in-haste'
    expect((await api.post('/v1/topics', { slug: 'in-haste', name: 'One', scheme: 'domain' })).status).toBe(
      201,
    )
    // The lock prevents the service from composing the record between the two writes.
    const between = await api.database.transaction(async (tx) => {
      await tx.query({ text: "select pg_advisory_xact_lock(hashtextextended('topics in-haste', 0))" })
      await api.pool.query("update topics set name = 'Two' where slug = 'in-haste'")
      const time = await databaseTime(api)
      await api.pool.query("update topics set name = 'Three' where slug = 'in-haste'")
      return time
    })
    await recomposeUncomposed(api.database, registry)
    const { data } = (await api.get(`${path}/history`)).json<{ data: Document[] }>()
    expect(data.map(({ version }) => version)).toEqual([3, 1])
    expect((await api.get(`${path}/history/2`)).status).toBe(404)
    expect((await api.get(`${path}?asOf=${between}`)).json()).toMatchObject({ name: 'Two', version: 2 })
    expect((await api.get(path)).json()).toMatchObject({ name: 'Three', version: 3 })
  })

  it('between writes of the service has the right place in history and feed, even a removal', async () => {
    const path = '/v1/topics/in-turns'
    const document = { slug: 'in-turns', name: 'Turns', scheme: 'domain' }
    const run = (text: string) => api.pool.query(text)
    expect((await api.post('/v1/topics', document)).status).toBe(201)
    await run("update topics set name = 'Two' where slug = 'in-turns'")
    expect((await api.patch(path, { name: 'Three' })).text).toContain('Three')
    await run(
      "begin; update topics set name = 'Four' where slug = 'in-turns'; update topics set code = 't4' where slug = 'in-turns'; commit",
    )
    expect((await api.delete(path)).text).toBe('')
    await run("insert into topics (slug, name, scheme) values ('in-turns', 'Six', 'domain')")
    expect((await api.patch(path, { name: 'Seven' })).text).toContain('Seven')
    await run("delete from topics where slug = 'in-turns'")
    expect((await api.get(path)).status).toBe(404)
    expect((await api.post('/v1/topics', { ...document, name: 'Nine' })).text).toContain('Nine')
    const expected = [
      [1, 'create', 'key', 'Turns'],
      [2, 'replace', 'database', 'Two'],
      [3, 'patch', 'key', 'Three'],
      [4, 'replace', 'database', 'Four'],
      [5, 'remove', 'key', 'Four'],
      [6, 'create', 'database', 'Six'],
      [7, 'patch', 'key', 'Seven'],
      [8, 'remove', 'database', 'Seven'],
      [9, 'create', 'key', 'Nine'],
    ]
    type Change = Entry & { key: string; actor: { kind: string } }
    const summary = ({ version, operation, actor, document: { name } }: Change) => [
      version,
      operation,
      actor.kind,
      name,
    ]
    const history = (await api.get(`${path}/history?limit=50`)).json<{ data: Entry[] }>().data
    expect(history.map(({ version }) => version)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1])
    const feed = async () => {
      const found: Change[] = []
      for (let after = '', more = true; more; ) {
        const { data, page } = (await api.get(`/v1/changes?resource=topics&limit=500${after}`)).json<{
          data: Change[]
          page: { after: string; more: boolean }
        }>()
        found.push(...data.filter(({ key }) => key === 'in-turns'))
        more = page.more
        after = `&after=${page.after}`
      }
      return found.map(summary)
    }
    await expect.poll(feed, { timeout: 20_000, interval: 200 }).toEqual(expected)
  })
})
