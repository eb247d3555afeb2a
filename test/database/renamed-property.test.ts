// @module-tag slow

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from '../../src/database/migrate.ts'
import { type Api, startTestApi } from '../support/api.ts'
import { openEmptyDatabase } from '../support/database.ts'
import { waitForFeed } from '../support/feed.ts'
import { runFirstMigrations } from '../support/first-migrations.ts'
import { useOpened } from '../support/use-opened.ts'

/** A database from before the property `type` of organizations was renamed to `kind`. */

/** Number of migrations before the renaming. */
const migrationsBefore = 17

const id = '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90'
const source = '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f91'
const path = `/v1/organizations/${id}`
const writtenAt = new Date().toISOString()

const document = {
  id,
  name: 'Academy',
  acronym: null,
  type: 'academic',
  country: null,
  parent: null,
  website: null,
  ror: null,
  aliases: [],
  externalIds: [],
  visibility: 'public',
  version: 1,
  createdAt: writtenAt,
  updatedAt: writtenAt,
}

const older = useOpened(openEmptyDatabase)
let api: Api
beforeAll(async () => {
  const { pool } = older
  await runFirstMigrations(pool, migrationsBefore)
  // Writes a record as the service did before the renaming.
  await pool.query(`begin; set local entente.writer = 'service';
    select set_config('entente.change_time', '${writtenAt}', true);
    insert into records (id, resource, key, document, shape, created_at, updated_at, row_start)
      values ('${id}', 'organizations', '${id}', '${JSON.stringify(document)}', 'outdated', '${writtenAt}', '${writtenAt}', '${writtenAt}');
    insert into organizations (id, name, type, row_start) values ('${id}', 'Academy', 'academic', '${writtenAt}');
    insert into revisions (resource, key, version, operation, document, actor, "time")
      values ('organizations', '${id}', 1, 'create', '${JSON.stringify(document)}', '{"kind":"seed","id":null,"name":null}', '${writtenAt}');
    commit`)
  await pool.query(`insert into sources (id, title, kind) values ('${source}', 'Report', 'report')`)
  await pool.query(`insert into citations (source, cited_record, cited_resource, property)
    values ('${source}', '${id}', 'organizations', '/type')`)
  await migrate(older.database)
  api = await startTestApi({ connectVia: () => older.url })
})
afterAll(async () => {
  await api.close()
})

/** Returns the first change of organizations in the stream of changes. */
async function firstStreamedChange(): Promise<unknown> {
  const response = await fetch(`${api.origin}/v1/changes/stream?resource=organizations`)
  let text = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk
    const [, data] = /^data: (.*)\n\n/m.exec(text) ?? []
    if (data !== undefined) return JSON.parse(data)
  }
  throw new Error('the stream ended without a change')
}

describe('a renamed property', () => {
  it('has its current name in the record, even as of an earlier time', async () => {
    for (const asOf of ['', `?asOf=${new Date(Date.parse(writtenAt) + 1).toISOString()}`]) {
      const record = (await api.get(path + asOf)).json()
      expect(record).toMatchObject({ id, version: 1, kind: 'academic' })
      expect(record).not.toHaveProperty('type')
      const page = (await api.get(`/v1/organizations${asOf}`)).json<{ data: unknown[] }>()
      expect(page.data).toEqual([record])
    }
  })

  it('has its current name in the citations that refer to it', async () => {
    const page = (await api.get(`/v1/citations?record=${id}`)).json()
    expect(page).toMatchObject({ data: [{ property: '/kind' }] })
  })

  it('keeps its former name in stored revisions, and the renaming is not shown as a change', async () => {
    expect((await api.patch(path, { acronym: 'AC' })).status).toBe(200)
    const { rows } = await older.pool.query(
      `select document ->> 'type' as type from revisions where key = '${id}' and version = 1`,
    )
    expect(rows).toEqual([{ type: 'academic' }])
    const history = (await api.get(`${path}/history`)).json<{ data: { changes: { path: string }[] }[] }>()
    expect(history.data[0]?.changes.map((change) => change.path).sort()).toEqual([
      '/acronym',
      '/updatedAt',
      '/version',
    ])
  })

  it('has its current name in a version, in the feed and in the stream of changes', async () => {
    const { type, ...rest } = document
    const renamed = { ...rest, kind: type }
    const { document: found } = (await api.get(`${path}/history/1`)).json()
    expect(found).toEqual(renamed)
    await waitForFeed(older)
    const feed = (await api.get('/v1/changes?resource=organizations')).json<{ data: { key: string }[] }>()
    expect(feed.data[0]).toMatchObject({ key: id, version: 1 })
    expect(feed.data[0]).toHaveProperty('document', renamed)
    expect(await firstStreamedChange()).toEqual(feed.data[0])
  })

  it('is restored from a version with its former name', async () => {
    expect((await api.patch(path, { kind: 'other' })).status).toBe(200)
    const restored = await api.post(`${path}/restore`, { version: 1 }, { headers: { 'if-match': '*' } })
    expect(restored.json()).toMatchObject({ kind: 'academic', acronym: null })
  })

  it('is also redacted in versions with its former name', async () => {
    const redaction = { properties: ['/kind'], replacement: 'other', reason: 'It identifies a person.' }
    const response = await api.post(`${path}/redact`, redaction, { headers: { 'if-match': '*' } })
    expect(response.status).toBe(200)
    expect((await api.get(`${path}/history/1`)).json()).toHaveProperty('document.kind', 'other')
  })
})
