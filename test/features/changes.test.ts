// @module-tag slow

import { get as httpGet, type IncomingMessage } from 'node:http'
import fc from 'fast-check'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { alignFeed } from '../../src/database/align-feed.ts'
import { startTestApi, useTestApi } from '../support/api.ts'
import { createRecord, readProblem, resourceOf } from '../support/documents.ts'
import { type Change, endOfFeed, readEvents } from '../support/feed.ts'

interface FeedPage {
  data: Change[]
  page: { limit: number; after: string | null; more: boolean }
}

const organizations = resourceOf('organizations')

const api = useTestApi()

/** Reads all changes after a position, and the position at which the next read continues. */
async function readChanges(
  after: string | null,
  query = '',
): Promise<{ changes: Change[]; after: string | null }> {
  const changes: Change[] = []
  for (let position = after; ; ) {
    const response = await api.get(`/v1/changes?limit=100${position ? `&after=${position}` : ''}${query}`)
    expect(response.status).toBe(200)
    const { data, page } = response.json<FeedPage>()
    changes.push(...data)
    position = page.after
    if (!page.more) return { changes, after: position }
  }
}

/** Reads changes until a condition on them holds. Transactions of other databases on the server delay the feed. */
async function readUntil(after: string | null, isComplete: (changes: Change[]) => boolean, query = '') {
  const changes: Change[] = []
  await expect
    .poll(
      async () => {
        const read = await readChanges(after, query)
        changes.push(...read.changes)
        after = read.after
        return isComplete(changes)
      },
      { interval: 20 },
    )
    .toBe(true)
  return { changes, after }
}

const beginTransactions = async (clients: number): Promise<pg.PoolClient[]> =>
  Promise.all(
    Array.from({ length: clients }, async () => {
      const client = await api.pool.connect()
      await client.query('begin')
      return client
    }),
  )

/** The actor of revisions that the tests insert, as an SQL literal. */
const actorSql = `'{"kind": "seed", "id": null, "name": null}'`

/** Inserts a revision without a record. */
const write = (client: pg.PoolClient, key: string, version = 1) =>
  client.query(
    `insert into revisions (resource, key, version, operation, document, actor) values ('figures', $1, $2, 'create', '{}', ${actorSql})`,
    [key, version],
  )

describe('the feed of changes', () => {
  it('begins with the seed data and has every change since, with the record as it was', async () => {
    const { key, path, record } = await createRecord(organizations, api)
    const patched = (await api.patch(path, { name: 'Another name' })).json()
    await api.delete(path)
    const isOfRecord = ({ key: changed }: Change) => changed === key
    const { changes } = await readUntil(null, (read) => read.filter(isOfRecord).length === 3)
    expect(changes[0]).toMatchObject({ operation: 'create', actor: { kind: 'seed' } })
    expect(changes.filter(isOfRecord)).toMatchObject([
      { resource: 'organizations', version: 1, operation: 'create', document: record },
      { resource: 'organizations', version: 2, operation: 'patch', document: patched },
      { resource: 'organizations', version: 3, operation: 'remove', document: patched },
    ])
    const { rows } = await api.pool.query<{ count: number }>('select count(*)::int as count from revisions')
    expect(changes).toHaveLength(rows[0]?.count ?? 0)
    expect(new Set(changes.map(({ position }) => position)).size).toBe(changes.length)
  })

  it('returns only changes of the requested resources', async () => {
    const after = await endOfFeed(api)
    const topic = await createRecord(resourceOf('topics'), api)
    const { key } = await createRecord(organizations, api)
    await createRecord(resourceOf('sources'), api)
    const { changes } = await readUntil(after, (read) => read.length >= 2, '&resource=organizations,topics')
    expect(changes.map((change) => change.key)).toEqual([topic.key, key])
  })

  it('has changes of a resource that only a newer version of the service has', async () => {
    const after = await endOfFeed(api)
    await api.pool.query(
      `insert into revisions (resource, key, version, operation, document, actor)
       values ('consortia', 'new', 1, 'create', '{"country": "PAK", "visibility": "public"}', ${actorSql})`,
    )
    const { changes } = await readUntil(after, (read) => read.length === 1)
    expect(changes).toMatchObject([{ resource: 'consortia', document: { country: 'PAK' } }])
    const briefing = await api.get('/v1/countries/PAK/briefing')
    expect(briefing.json<{ changes: { data: unknown[] } }>().changes.data[0]).toMatchObject({
      resource: 'consortia',
      title: null,
    })
  })

  it('ends before the oldest running transaction, so that no later commit is skipped', async () => {
    const after = await endOfFeed(api)
    const [early, late] = await beginTransactions(2)
    if (!early || !late) throw new Error('there are not two connections')
    // The feed is ordered by transaction ids. `early` has the lower id, although it writes after the commit of `late`.
    await early.query('select pg_current_xact_id()')
    await write(late, 'late')
    await late.query('commit')
    // Read several times, since at first another transaction may be the reason why the change is missing.
    for (let again = 0; again < 5; again += 1) expect((await readChanges(after)).changes).toEqual([])
    await write(early, 'early')
    expect((await readChanges(after)).changes).toEqual([])
    await early.query('commit')
    early.release()
    late.release()
    const { changes } = await readUntil(after, (read) => read.length === 2)
    expect(changes.map(({ key }) => key)).toEqual(['early', 'late'])
  })

  it('returns every change once and in order, however transactions interleave', async () => {
    let after: string | null = await endOfFeed(api)
    let round = 0
    const steps = fc.array(
      fc.record({
        client: fc.nat(2),
        action: fc.constantFrom('write', 'write', 'commit', 'rollback', 'read'),
      }),
      { minLength: 5, maxLength: 25 },
    )
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        round += 1
        const clients = await beginTransactions(3)
        const pending = clients.map((): string[] => [])
        const expected: string[] = []
        const seen: Change[] = []
        const read = async () => {
          const page = await readChanges(after)
          seen.push(...page.changes)
          after = page.after
        }
        const end = async (index: number, how: 'commit' | 'rollback') => {
          await clients[index]?.query(how)
          if (how === 'commit') expected.push(...(pending[index] ?? []))
          pending[index] = []
        }
        for (const [index, { client, action }] of plan.entries()) {
          const connection = clients[client]
          if (!connection) continue
          if (action === 'read') await read()
          else if (action === 'write') {
            const key = `${round}-${index}`
            await write(connection, key)
            pending[client]?.push(key)
          } else {
            await end(client, action)
            await connection.query('begin')
          }
        }
        for (const index of clients.keys()) await end(index, 'commit')
        for (const client of clients) client.release()
        await expect.poll(async () => read().then(() => seen.length), { interval: 10 }).toBe(expected.length)
        expect(seen.map(({ key }) => key).sort()).toEqual(expected.sort())
        const positions = seen.map(({ position }) => position.split('.').map(BigInt))
        const ordered = positions.toSorted(
          ([a = 0n, b = 0n], [c = 0n, d = 0n]) => Number(a - c) || Number(b - d),
        )
        expect(positions).toEqual(ordered)
      }),
      { numRuns: 15 },
    )
  })

  it('returns the changes of a record in the order of its versions, even with many editors', async () => {
    const after = await endOfFeed(api)
    const { key, path } = await createRecord(organizations, api)
    const names = Array.from({ length: 20 }, (_, index) => `Name ${index}`)
    const responses = await Promise.all(names.map((name) => api.patch(path, { name })))
    expect(responses.map(({ status }) => status)).toEqual(names.map(() => 200))
    const { changes } = await readUntil(after, (read) => read.length === 21)
    expect(changes.every((change) => change.key === key)).toBe(true)
    expect(changes.map(({ version }) => version)).toEqual(Array.from({ length: 21 }, (_, index) => index + 1))
  })

  it('stays in order: a transaction older than the last change of a record cannot change it', async () => {
    const [early, late] = await beginTransactions(2)
    if (!early || !late) throw new Error('there are not two connections')
    await early.query('select pg_current_xact_id()')
    await write(late, 'contested')
    await late.query('commit')
    await expect(write(early, 'contested', 2)).rejects.toMatchObject({ code: '40001' })
    await early.query('rollback')
    early.release()
    late.release()
  })

  it('continues after restored changes, although transaction ids are lower than in the dump', async () => {
    const ahead = await startTestApi()
    try {
      await ahead.pool.query(`insert into revisions (transaction, resource, key, version, operation, document, actor)
        select max(transaction) + 1000000000, 'figures', 'far', 1, 'create', '{}', ${actorSql} from revisions`)
      await Promise.all([ahead.database.maintain(alignFeed), ahead.database.maintain(alignFeed)])
      const { key } = await createRecord(organizations, ahead)
      const last = async () => {
        const { after } = (await ahead.get('/v1/changes?limit=500')).json<FeedPage>().page
        return (await ahead.get(`/v1/changes?limit=500&after=${after}`))
          .json<FeedPage>()
          .data.map((one) => one.key)
      }
      await expect.poll(async () => (await last()).slice(-2)).toEqual(['far', key])
    } finally {
      await ahead.close()
    }
  })

  it('refuses a position beyond its end, unless the newest changes come first', async () => {
    const [transaction] = (await endOfFeed(api)).split('.')
    const after = `${Number(transaction) + 1_000_000}.1`
    for (const path of ['/v1/changes', '/v1/changes?resource=topics&country=CHN', '/v1/changes/stream']) {
      const response = await api.get(`${path}${path.includes('?') ? '&' : '?'}after=${after}`)
      expect(response.status).toBe(400)
      expect(readProblem(response).errors).toMatchObject([{ parameter: 'after', code: 'unknown' }])
    }
    const stream = await api.get('/v1/changes/stream', { headers: { 'last-event-id': after } })
    expect(readProblem(stream).errors).toMatchObject([{ header: 'Last-Event-ID', code: 'unknown' }])
    const newest = await api.get(`/v1/changes?order=desc&limit=1&after=${after}`)
    expect(newest.json<FeedPage>().data).toHaveLength(1)
  })

  it('accepts its last position while no change follows', async () => {
    const { after } = await readUntil(null, (changes) => changes.length > 0)
    expect((await api.get(`/v1/changes?after=${after}`)).status).toBe(200)
  })

  it('refuses a malformed position', async () => {
    for (const after of ['x', '1', '1.', '-1.2', '1.2.3', '9999999999999999999.1']) {
      const response = await api.get(`/v1/changes?after=${after}`)
      expect(response.status).toBe(400)
      expect(readProblem(response).errors).toMatchObject([{ parameter: 'after' }])
    }
    const stream = await api.get('/v1/changes/stream', { headers: { 'last-event-id': 'x' } })
    expect(stream.status).toBe(400)
    expect(readProblem(stream).errors).toMatchObject([{ header: 'Last-Event-ID' }])
  })
})

/** Connects to the stream. The response is read only on demand. */
function connect(query = '', headers: Record<string, string> = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = httpGet(`${api.origin}/v1/changes/stream${query}`, { headers, agent: false }, resolve)
    request.on('error', reject)
  })
}

/** Reads at least `count` changes from a stream, with the ids of their events. */
async function take(stream: IncomingMessage, count: number): Promise<{ id: string; change: Change }[]> {
  const taken: { id: string; change: Change }[] = []
  let text = ''
  stream.setEncoding('utf8')
  for await (const chunk of stream) {
    const { events, rest } = readEvents(text + chunk)
    text = rest
    taken.push(...events)
    if (taken.length >= count) break
  }
  return taken
}

describe('the stream of changes', () => {
  it('sends changes as they commit, uncompressed, and continues after Last-Event-ID', async () => {
    const after = await endOfFeed(api)
    const stream = await connect(`?after=${after}`, {
      'accept-encoding': 'gzip, br',
      accept: 'text/event-stream',
    })
    expect(stream.statusCode).toBe(200)
    expect(stream.headers['content-type']).toBe('text/event-stream; charset=utf-8')
    expect(stream.headers['content-encoding']).toBeUndefined()
    expect(stream.headers['cache-control']).toContain('no-store')
    // nginx would hold the events back until its buffer is full.
    expect(stream.headers['x-accel-buffering']).toBe('no')
    const taking = take(stream, 2)
    const created = [await createRecord(organizations, api), await createRecord(organizations, api)]
    const taken = await taking
    expect(taken.map(({ change }) => change.key)).toEqual(created.map(({ key }) => key))
    expect(taken.map(({ id }) => id)).toEqual(taken.map(({ change }) => change.position))
    expect(taken[1]?.change.document).toEqual(created[1]?.record)

    const again = await connect('', { 'last-event-id': taken[0]?.id ?? '' })
    expect((await take(again, 1)).map(({ change }) => change.key)).toEqual([created[1]?.key])
  })

  it('has the same changes as the pages', async () => {
    const { changes } = await readChanges(null)
    const taken = await take(await connect(), changes.length)
    expect(taken.map(({ change }) => change).slice(0, changes.length)).toEqual(changes)
  })

  it('sends a change that waited for a transaction that ends without a notification', async () => {
    const after = await endOfFeed(api)
    const [silent] = await beginTransactions(1)
    await silent?.query('select pg_current_xact_id()')
    const taking = connect(`?after=${after}`).then((stream) => take(stream, 1))
    const { key } = await createRecord(organizations, api)
    await silent?.query('rollback')
    silent?.release()
    expect((await taking).map(({ change }) => change.key)).toEqual([key])
  })

  it('ends when the service closes', async () => {
    const other = await startTestApi()
    const stream = await fetch(`${other.origin}/v1/changes/stream?resource=figures`)
    const reading = stream.text()
    await other.close()
    expect(await reading).toContain('retry: ')
  })
})
