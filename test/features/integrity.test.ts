// @module-tag slow

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeSeal } from '../../src/features/integrity/seal.ts'
import type { NamedSeal } from '../../src/features/integrity/seal-faults.ts'
import { verify } from '../../src/features/integrity/verify.ts'
import { type Api, startTestApi } from '../support/api.ts'
import { createRecord, exampleDocument, ifMatch, resourceOf } from '../support/documents.ts'
import { waitForFeed } from '../support/feed.ts'
import { findIntegrityFaults } from '../support/integrity-faults.ts'
import { registry } from '../support/registry.ts'

let api: Api
/** Key of a record, which has four versions when the first seal is made. */
let key: string
let path: string
let seal: NamedSeal

beforeAll(async () => {
  api = await startTestApi()
  const created = await api.post('/v1/sources', { title: 'A note', kind: 'report' })
  key = created.json<{ id: string }>().id
  path = `/v1/sources/${key}`
  for (const title of ['Another note', 'A third note', 'A last note'])
    expect((await api.patch(path, { title })).status).toBe(200)
  await waitForFeed(api)
  seal = { name: 'first', seal: await makeSeal(api.database) }
})
afterAll(() => api.close())

const findFaults = (seals?: NamedSeal[]) => findIntegrityFaults(api.database, seals)

/**
 * Runs statements as a superuser without triggers, looks for faults, and undoes the statements. `session_replication_role`
 * disables all triggers except `refuse_rewriting`, which is `enable always` and is disabled by name.
 */
async function tamper(statements: string, seals: NamedSeal[] = []): Promise<string[]> {
  await api.pool.query(`create schema saved;
    create table saved.revisions as select * from revisions; create table saved.records as select * from records`)
  const asAttacker = async (text: string) => {
    const client = await api.pool.connect()
    try {
      await client.query(`begin; set local session_replication_role = replica;
        alter table revisions disable trigger refuse_rewriting; ${text};
        alter table revisions enable always trigger refuse_rewriting; commit`)
    } finally {
      client.release(true)
    }
  }
  try {
    await asAttacker(statements)
    return await findFaults(seals)
  } finally {
    await asAttacker(`delete from revisions; insert into revisions overriding system value select * from saved.revisions;
      update records set version = saved.version, document = saved.document, visibility = saved.visibility,
        created_at = saved.created_at from saved.records as saved
        where saved.id = records.id and saved is distinct from records;
      drop schema saved cascade`)
    expect(await findFaults()).toEqual([])
  }
}

/** Returns the SQL condition that selects a version of the record. */
const whereVersion = (version: number) => `resource = 'sources' and key = '${key}' and version = ${version}`
/** Returns the subject of the faults of a version of the record. */
const subject = (version: number) => `sources/${key} version ${version}`

describe('verifying', () => {
  it('finds no fault in data that the service has written, and the feed matches its seal', async () => {
    expect(await findFaults([seal])).toEqual([])
  })

  it('names a revision with one changed letter in its document', async () => {
    const change = `update revisions set document = replace(document::text, 'third', 'Third')::json where ${whereVersion(3)}`
    expect(await tamper(change)).toEqual([
      `${subject(3)}: its content does not match its hash: document, actor, request id or reason was changed`,
    ])
  })

  it.each([
    ['reason', `'because'`],
    ['actor', `'{"kind":"key","id":"somebody","name":"Somebody"}'`],
    ['request_id', `'another'`],
  ])('names a revision whose %s was changed', async (column, value) => {
    const change = `update revisions set ${column} = ${value} where ${whereVersion(2)}`
    expect(await tamper(change)).toEqual([
      expect.stringContaining(`${subject(2)}: its content does not match`),
    ])
  })

  it.each([
    ['operation', `'replace'`],
    ['"time"', `"time" - interval '1 millisecond'`],
    ['transaction', 'transaction - 1'],
  ])('names a revision whose %s was changed', async (column, value) => {
    const change = `update revisions set ${column} = ${value} where ${whereVersion(2)}`
    expect(await tamper(change)).toEqual([expect.stringContaining(`${subject(2)}: the chain is broken`)])
  })

  it('names the version that is missing between two others', async () => {
    expect(await tamper(`delete from revisions where ${whereVersion(2)}`)).toEqual([
      `${subject(3)}: the chain is broken: version 2 is missing, or version 1 or this version was changed`,
    ])
  })

  it('reports a missing first version and a missing last version', async () => {
    expect(await tamper(`delete from revisions where ${whereVersion(1)}`)).toEqual([
      `${subject(2)}: the chain is broken: version 1 is missing, or this version was changed`,
    ])
    expect(await tamper(`delete from revisions where ${whereVersion(4)}`)).toEqual([
      `${subject(3)}: the record is at version 4, and its last revision is 3: revisions are missing, or the record was changed`,
    ])
  })

  it('names two versions that were swapped', async () => {
    const swap = `update revisions set version = 9 where ${whereVersion(2)}; update revisions set version = 2 where ${whereVersion(3)};
      update revisions set version = 3 where ${whereVersion(9)}`
    const faults = await tamper(swap)
    expect(faults).toContainEqual(expect.stringContaining(`${subject(2)}: the chain is broken`))
    expect(faults).toContainEqual(expect.stringContaining(`${subject(3)}: the chain is broken`))
  })

  it('names a revision that was inserted', async () => {
    const insert = `insert into revisions (resource, key, version, operation, document, actor, "time", request_id, transaction, salt, content_hash, hash)
      select resource, key, 5, 'patch', document, actor, "time", request_id, transaction, salt, content_hash, hash from revisions where ${whereVersion(4)};
      update records set version = 5 where id = '${key}'`
    const faults = await tamper(insert)
    expect(faults).toEqual([expect.stringContaining(`${subject(5)}: the chain is broken`)])
  })

  it('names what differs between a record and its last revision', async () => {
    const change = `update records set document = replace(document, 'A last note', 'The last note') where id = '${key}'`
    expect(await tamper(change)).toEqual([`${subject(4)}: the record differs from its last revision: /title`])
  })

  it('names a property that was removed from a record, or added to it', async () => {
    const set = (document: string) => `update records set document = (${document})::text where id = '${key}'`
    const faultOf = (property: string) => [
      `${subject(4)}: the record differs from its last revision: /${property}`,
    ]
    expect(await tamper(set(`document::jsonb - 'title'`))).toEqual(faultOf('title'))
    expect(await tamper(set(`document::jsonb || '{"madeUp": 1}'`))).toEqual(faultOf('madeUp'))
  })

  it('accepts a property declared after the last revision, unless its value was changed', async () => {
    const declared = `update revisions set document = (document::jsonb - 'context')::json where ${whereVersion(4)}; ${rehash(4)}`
    expect(await tamper(declared)).toEqual([])
    const changed = `${declared}; update records set document = (document::jsonb || '{"context": "Made up"}')::text where id = '${key}'`
    expect(await tamper(changed)).toEqual([
      `${subject(4)}: the record differs from its last revision: /context`,
    ])
  })

  it('accepts a property of the last revision that is no longer declared', async () => {
    const dropped = `update revisions set document = (document::jsonb || '{"former": 1}')::json where ${whereVersion(4)}; ${rehash(4)}`
    expect(await tamper(dropped)).toEqual([])
  })

  it('accepts a value that an older release stored in another form, unless it was changed', async () => {
    const { key: citation } = await createRecord(resourceOf('citations'), api, {
      ...(await exampleDocument(resourceOf('citations'), api)),
      locator: null,
    })
    const stored = `update revisions set document = (document::jsonb || '{"locator": {"page": null}}')::json
      where key = '${citation}'; ${rehash(1, citation)}`
    expect(await tamper(stored)).toEqual([])
    const changed = `update records set document = (document::jsonb || '{"locator": {"page": "1"}}')::text where id = '${citation}'`
    expect(await tamper(`${stored}; ${changed}`)).toEqual([
      `citations/${citation} version 1: the record differs from its last revision: /locator`,
    ])
  })

  it('names the columns of a record that differ from its document', async () => {
    const changed = `update records set visibility = 'internal', created_at = created_at - interval '1 day' where id = '${key}'`
    expect(await tamper(changed)).toEqual([
      `sources/${key} version 4: the columns of the record differ from its document: /visibility, /createdAt`,
    ])
  })

  it.each([
    ['the document of the record', 'not JSON', `update records set document = 'none' where`, 'id'],
    ['the document of the record', 'a list', `update records set document = '[1]' where`, 'id'],
    [
      'the document of its last revision',
      'a list',
      `update revisions set document = '[]' where version = 4 and`,
      'key',
    ],
  ])('names a record when %s is %s', async (what, _value, statement, column) => {
    const faults = await tamper(`${statement} ${column} = '${key}'; ${rehash(4)}`)
    expect(faults).toEqual([`sources/${key} version 4: ${what} is not a JSON object`])
  })

  it('does not count a merged record that was changed in SQL as waiting for a revision', async () => {
    const merged = await createRecord(resourceOf('sources'), api)
    expect((await api.post(`${merged.path}/merge`, { into: key }, ifMatch('*'))).status).toBe(200)
    await api.pool.query('update records set visibility = $1 where id = $2', ['internal', merged.key])
    expect(await verify(api.database, registry, [], () => {})).toMatchObject({ waiting: 0, faults: 0 })
  })

  it('finds a record that was removed without a revision', async () => {
    const created = await api.post('/v1/sources', { title: 'To vanish', kind: 'report' })
    const id = created.json<{ id: string }>().id
    await api.pool.query(`begin; set local session_replication_role = replica;
      delete from sources where id = '${id}'; delete from records where id = '${id}'; commit`)
    expect(await findFaults()).toEqual([
      `sources/${id} version 1: the record is missing, although its last revision does not remove it`,
    ])
    await api.pool.query(`insert into revisions (resource, key, version, operation, document, actor)
      select resource, key, 2, 'remove', document, actor from revisions where key = '${id}'`)
    expect(await findFaults()).toEqual([])
  })
})

/** Returns SQL that recomputes the hashes of a record's revisions, as an attacker who knows the formula would. */
const rehash = (firstVersion: number, recordKey = key) => `do $$
  declare one revisions; previous bytea;
  begin
    for one in select * from revisions where key = '${recordKey}' order by version loop
      if one.version >= ${firstVersion} then
        one.content_hash := revision_content_hash(one.salt, one.document, one.actor, one.request_id, one.reason);
        one.hash := revision_hash(one, previous);
        update revisions set content_hash = one.content_hash, hash = one.hash where sequence = one.sequence;
      end if;
      previous := one.hash;
    end loop;
  end $$`

describe('a seal', () => {
  it('counts all revisions up to its position, and still matches after later changes', async () => {
    const { rows } = await api.pool.query<{ count: number }>(
      `select count(*)::int as count from revisions
       where (transaction, sequence) <= (${seal.seal.position.replace('.', ', ')})`,
    )
    expect(seal.seal).toMatchObject({ count: rows[0]?.count, hash: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect((await api.patch(path, { context: 'More was written.' })).status).toBe(200)
    expect((await api.patch(path, { context: null, title: 'A last note' })).status).toBe(200)
    expect(await findFaults([seal])).toEqual([])
  })

  it('is the SHA-256 of all hashes in the order of the feed', async () => {
    const { rows } = await api.pool.query<{ hash: string }>(
      `select encode(sha256(string_agg(hash, ''::bytea order by transaction, sequence)), 'hex') as hash from revisions
       where (transaction, sequence) <= (${seal.seal.position.replace('.', ', ')})`,
    )
    expect(rows).toEqual([{ hash: seal.seal.hash }])
  })

  it('reveals a changed revision with recomputed hashes, and between which seals it is', async () => {
    await waitForFeed(api)
    const second = { name: 'second', seal: await makeSeal(api.database) }
    const change = `update revisions set reason = 'made up' where ${whereVersion(5)}; ${rehash(5)}`
    expect(await tamper(change, [second, seal])).toEqual([
      'second: the feed does not match: a revision between the seal "first" and this seal was changed or replaced',
    ])
    const early = `update revisions set reason = 'made up' where ${whereVersion(3)}; ${rehash(3)}`
    expect(await tamper(early, [seal])).toEqual([
      'first: the feed does not match: a revision before this seal was changed or replaced',
    ])
  })

  it('reveals how many revisions were removed together with their hashes', async () => {
    const created = await api.post('/v1/sources', { title: 'To be forgotten', kind: 'report' })
    const id = created.json<{ id: string }>().id
    await api.delete(`/v1/sources/${id}`)
    await waitForFeed(api)
    const later = { name: 'later', seal: await makeSeal(api.database) }
    const { count } = later.seal
    expect(await tamper(`delete from revisions where key = '${id}'`, [seal, later])).toEqual([
      `later: the feed does not match: revisions are missing between the seal "first" and this seal, which counts ${count} revisions; there are ${count - 2}`,
    ])
  })

  it('ends before the oldest open transaction, even if a later one has committed', async () => {
    await waitForFeed(api)
    const openClient = await api.pool.connect()
    try {
      await openClient.query(`begin; insert into revisions (resource, key, version, operation, document, actor)
        values ('figures', gen_random_uuid()::text, 1, 'create', '{}', '{"kind":"database","id":null,"name":null}')`)
      expect((await api.patch(path, { context: 'Written meanwhile.' })).status).toBe(200)
      const early = { name: 'early', seal: await makeSeal(api.database) }
      await openClient.query('rollback')
      await waitForFeed(api)
      const late = { name: 'late', seal: await makeSeal(api.database) }
      expect(late.seal.count).toBe(early.seal.count + 1)
      expect(await findFaults([early, late])).toEqual([])
    } finally {
      openClient.release(true)
    }
  })
})
