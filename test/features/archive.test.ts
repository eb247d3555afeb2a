// @module-tag slow

import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changesChannel } from '../../src/database/changes.ts'
import { everything } from '../../src/database/database.ts'
import { exportArchive } from '../../src/features/archive/export.ts'
import { restoreArchive } from '../../src/features/archive/restore.ts'
import { verify } from '../../src/features/integrity/verify.ts'
import { type Api, startTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { waitUntilBlocked } from '../support/blocked-sessions.ts'
import { openMigratedDatabase, type TestDatabase } from '../support/database.ts'
import { createRecord, databaseTime, resourceOf } from '../support/documents.ts'
import { analyzeWarning, makeAnalyzeFail } from '../support/failing-analyze.ts'
import { checkCsv, importRows, newScheme, treatyHeader, treatyMapping, undo } from '../support/imports.ts'
import { registry } from '../support/registry.ts'
import { useOpened } from '../support/use-opened.ts'

async function archiveOf(database: TestDatabase['database']): Promise<Buffer> {
  const chunks: Buffer[] = []
  await exportArchive(database, async (parts) => {
    for await (const part of parts) chunks.push(Buffer.from(part))
  })
  return Buffer.concat(chunks)
}

/** Yields bytes in small chunks, as a stream of a file does. */
async function* inChunks(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let index = 0; index < bytes.length; index += 4099) yield bytes.subarray(index, index + 4099)
}

let original: Api
let timeBeforeChanges: string
let archive: Buffer
let changedPath: string
const scheme = newScheme()
const rows = [{ id: '1' }, { id: '2' }]
beforeAll(async () => {
  original = await startTestApi()
  const projects = resourceOf('projects')
  const { path } = await createRecord(projects, original, {
    title: '\\. "quotes" 科技',
    outcomes: 'Tab\tand \\n\r\nlines',
    kind: 'other',
    amounts: [{ kind: 'budget', date: '2011', amount: 1.5, currency: 'CNY' }],
  })
  changedPath = path
  const removed = await createRecord(projects, original)
  timeBeforeChanges = await databaseTime(original)
  const anyVersion = { headers: { 'if-match': '*', 'change-reason': 'To test' } }
  await original.patch(path, { summary: 'Line one\nline two', visibility: 'internal' }, anyVersion)
  await original.delete(removed.path, anyVersion)
  await original.pool.query("update countries set official_name = 'By hand' where code = 'NPL'")
  const redaction = { properties: ['/summary'], reason: 'To test' }
  const redacted = await original.request('POST', `${path}/redact`, {
    body: redaction,
    headers: { 'if-match': '*' },
  })
  expect(redacted.status, redacted.text).toBe(200)
  await importRows(original.database, scheme, rows)
  const { rows: imported } = await original.pool.query(
    "select key from import_records where scheme = $1 and resource = 'agreements' order by sequence",
    [scheme],
  )
  await original.patch(`/v1/agreements/${imported[0].key}`, { title: 'By hand' }, anyVersion)
  expect((await original.post('/v1/keys', { name: 'Of one registry', role: 'editor' })).status).toBe(201)
  await checkCsv(
    original.database,
    treatyMapping(newScheme()),
    `${treatyHeader}\n1,Not committed,2011,China\n`,
  )
  archive = await archiveOf(original.database)
})
afterAll(() => original.close())

describe('an archive that was restored into an empty registry', () => {
  const target = useOpened(openMigratedDatabase)
  let listener: pg.PoolClient
  const announced: (string | undefined)[] = []
  beforeAll(async () => {
    listener = await target.pool.connect()
    listener.on('notification', ({ payload }) => announced.push(payload))
    await listener.query(`listen ${changesChannel}`)
    await restoreArchive(target.database, inChunks(archive))
  })
  afterAll(async () => {
    listener.release(true)
  })

  it('was announced, since a service of the empty registry may have stored responses', async () => {
    await expect.poll(() => announced).toEqual([everything])
  })

  it('gives the same archive, byte for byte, and valid hashes', async () => {
    expect((await archiveOf(target.database)).equals(archive)).toBe(true)
    expect(await verify(target.database, registry, [], () => {})).toMatchObject({ faults: 0 })
  })

  it('gives the same responses for the present, the past and the feed', async () => {
    const copy = await startTestApi({ connectVia: () => target.url })
    try {
      for (const path of [
        changedPath,
        `${changedPath}/history`,
        `${changedPath}/history/1`,
        '/v1/projects?limit=200',
        `/v1/projects?limit=200&asOf=${timeBeforeChanges}`,
        `/v1/projects/aggregate?groupBy=amountKind,amountCurrency&measures=sum:amount&asOf=${timeBeforeChanges}`,
        `/v1/countries/NPL?asOf=${timeBeforeChanges}`,
        '/v1/countries/NPL',
        '/v1/changes?limit=200&resource=projects',
      ]) {
        const asAdmin = { key: adminKey }
        const [expected, actual] = await Promise.all([original.get(path, asAdmin), copy.get(path, asAdmin)])
        // Each registry signs its cursors with its own secret.
        const withoutCursors = (text: string) => text.replaceAll(/"next":"[^"]*"/g, '')
        expect(expected.status, path).toBe(200)
        expect({ path, text: withoutCursors(actual.text) }).toEqual({
          path,
          text: withoutCursors(expected.text),
        })
      }
      const created = await createRecord(resourceOf('projects'), copy)
      await expect
        .poll(async () => (await copy.get('/v1/changes?order=desc&limit=1')).text)
        .toContain(created.key)
    } finally {
      await copy.close()
    }
  })

  it('contains the state of ended imports: the next one keeps corrections and can be undone', async () => {
    // Imports that have not ended need their rows, which are not archived.
    const { rows } = await target.pool.query(
      'select (select count(*)::int from keys) as keys, array(select distinct state from imports) as states',
    )
    expect(rows).toEqual([{ keys: 0, states: ['committed'] }])
    const next = [{ id: '1' }, { id: '2', title: 'Changed in the file' }]
    const again = await importRows(target.database, scheme, next)
    expect(again).toMatchObject({
      counts: { created: 0, changed: 1, unchanged: 1 },
      report: { keptCount: 1 },
    })
    expect(await undo(target.database, again)).toMatchObject({ state: 'undone', report: { keptCount: 0 } })
  })
})

describe('an archive of the registry', () => {
  it('is restored with a warning if only `vacuum analyze` fails after the commit', async () => {
    const target = await openMigratedDatabase()
    try {
      await makeAnalyzeFail(target.pool)
      expect(await restoreArchive(target.database, inChunks(archive))).toMatch(analyzeWarning)
      expect((await archiveOf(target.database)).equals(archive)).toBe(true)
    } finally {
      await target.close()
    }
  })

  it('is refused when it is truncated, changed, extended or empty, and nothing is written', async () => {
    const target = await openMigratedDatabase()
    try {
      const emptyArchive = await archiveOf(target.database)
      const middle = Math.floor(archive.length / 2)
      const flipped = Buffer.from(archive)
      flipped[archive.indexOf('Nepal')] = 'M'.charCodeAt(0)
      const lines = archive.toString().split('\n')
      const ofMigration = (name: string) =>
        Buffer.from(archive.toString().replace(/"migration":"[^"]+"/, `"migration":"${name}"`))
      const damaged: [Buffer, RegExp][] = [
        [archive.subarray(0, middle), /damaged or incomplete/],
        [
          archive.subarray(0, archive.lastIndexOf('{"sha256"')),
          /expected the checksum, but found the end of the file/,
        ],
        [flipped, /checksum does not match|refuses/],
        [Buffer.concat([archive, Buffer.from('more\n')]), /after the checksum/],
        [Buffer.from(lines.filter((line) => !line.includes('Nepal')).join('\n')), /checksum|refuses/],
        [
          Buffer.from('title,kind\nA,other\n'),
          /expected the header of an Entente archive, but found "title,kind"/,
        ],
        [Buffer.from(''), /header of an Entente archive, but found the end/],
        [ofMigration('other'), /tables of migration other, .* version that made it$/],
        [ofMigration('0000_functions'), /version that made it, and then run this version/],
      ]
      for (const [bytes, reason] of damaged)
        await expect(restoreArchive(target.database, inChunks(bytes))).rejects.toThrow(reason)
      expect((await archiveOf(target.database)).equals(emptyArchive)).toBe(true)
      // No trigger has stayed disabled.
      const { rows } = await target.pool.query("select from pg_trigger where tgenabled = 'D'")
      expect(rows).toHaveLength(0)
    } finally {
      await target.close()
    }
  })

  it('does not count as damaged when PostgreSQL fails for another reason', async () => {
    const target = await openMigratedDatabase()
    try {
      const name = new URL(target.url).pathname.slice(1)
      await target.pool.query(`alter database ${name} set default_transaction_read_only = on`)
      await expect(restoreArchive(target.database, inChunks(archive))).rejects.toThrow(
        /PostgreSQL failed during the restore: .*read-only/,
      )
    } finally {
      await target.close()
    }
  })

  it('is refused by a registry that is not empty', async () => {
    await expect(restoreArchive(original.database, inChunks(archive))).rejects.toThrow(/not empty/)
  })

  it('is refused by a registry without records that has decisions of an import', async () => {
    const target = await openMigratedDatabase()
    try {
      await target.pool.query(
        "insert into import_decisions (scheme, identity, resource, name, actor) values ('a', 'b', 'c', 'd', '{}')",
      )
      await expect(restoreArchive(target.database, inChunks(archive))).rejects.toThrow(/not empty/)
    } finally {
      await target.close()
    }
  })

  it('is refused by a registry whose first record is committed during the restore', async () => {
    const target = await openMigratedDatabase()
    const writer = await target.pool.connect()
    try {
      await writer.query("begin; insert into topics (slug, name, scheme) values ('first', 'First', 'domain')")
      const restoring = expect(restoreArchive(target.database, inChunks(archive))).rejects.toThrow(
        /not empty/,
      )
      await waitUntilBlocked(target.pool)
      await writer.query('commit')
      await restoring
    } finally {
      // Discards the connection, so that a failed test leaves no open transaction.
      writer.release(true)
      await target.close()
    }
  })
})
