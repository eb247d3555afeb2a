// @module-tag slow

import { once } from 'node:events'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startTestApi, useTestApi } from '../support/api.ts'
import { readProblem } from '../support/documents.ts'
import { readNdjson } from '../support/export-files.ts'

/** Streaming of long exports, and limits of concurrent exports. */

const api = useTestApi({
  env: { MAX_EXPORTS: '5', MAX_EXPORTS_PER_CLIENT: '2', TRUST_PROXY: '127.0.0.1' },
})

describe('a long export', () => {
  /** Number of records, which do not fit into the buffers of sockets. */
  const recordCount = 1500
  const largeExport = '/v1/sources/export?format=ndjson&kind=other'
  beforeAll(async () => {
    // Text that neither PostgreSQL nor XLSX can compress much.
    await api.pool.query('alter table sources alter column licence set storage external')
    await api.pool.query(
      `insert into sources (title, kind, licence) select 'Source ' || n, 'other', (select string_agg(md5(n || ' ' || i), ' ') from generate_series(1, 900) i) from generate_series(1, ${recordCount}) n`,
    )
  })

  const opened: IncomingMessage[] = []
  afterEach(() => {
    for (const message of opened.splice(0)) message.destroy()
  })
  const open = async (path = largeExport, address = '10.0.0.1') => {
    const message = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { 'x-forwarded-for': address }
      httpGet(`${api.origin}${path}`, { agent: false, headers }, resolve).on('error', reject)
    })
    opened.push(message)
    return message
  }
  /** Returns the process ids of the backends of this database that run COPY. */
  const copying = async () => {
    const { rows } = await api.pool.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and state = 'active' and query like 'copy %'`,
    )
    return rows.map(({ pid }) => pid)
  }
  const countCopying = async () => (await copying()).length
  const drain = async (message: IncomingMessage) => {
    let bytes = 0
    for await (const chunk of message) bytes += chunk.length
    return bytes
  }

  it('waits for a slow client and returns the state at the start of the export', async () => {
    const message = await open()
    await sleep(100)
    expect(await countCopying()).toBe(1)
    const buffered = process.memoryUsage().arrayBuffers
    await api.pool.query(`update sources set title = 'Changed' where kind = 'other' and title like '%9'`)
    await sleep(100)
    expect(process.memoryUsage().arrayBuffers - buffered).toBeLessThan(8 * 2 ** 20)
    let text = ''
    for await (const chunk of message.setEncoding('utf8')) text += chunk
    const lines = readNdjson(text)
    expect(lines.length).toBe(recordCount)
    expect(lines.filter(({ title }) => title === 'Changed')).toEqual([])
  })

  it('is cancelled in the database when the client disconnects, and leaves usable connections', async () => {
    const message = await open()
    await once(message, 'readable')
    expect(await countCopying()).toBe(1)
    message.destroy()
    await expect.poll(countCopying).toBe(0)
    const responses = await Promise.all(Array.from({ length: 20 }, () => api.get('/v1/topics?limit=1')))
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]))
  })

  it.each(['ndjson', 'csv', 'xlsx'])(
    'as %s that fails midway is truncated without a valid end',
    async (format) => {
      const message = await open(`/v1/sources/export?format=${format}&kind=other`)
      await once(message, 'readable')
      await expect.poll(countCopying).toBe(1)
      for (const pid of await copying()) await api.pool.query('select pg_terminate_backend($1)', [pid])
      await expect(drain(message)).rejects.toThrow()
      expect(message.complete).toBe(false)
      expect((await api.get('/v1/topics?limit=1')).status).toBe(200)
    },
  )

  it('beyond the limits is refused: with 429 for the same client, and with 503 for others', async () => {
    await expect.poll(countCopying).toBe(0)
    await Promise.all(
      Array.from({ length: 5 }, (_, index) => open(largeExport, `10.0.0.${Math.floor(index / 2)}`)),
    )
    await expect.poll(countCopying).toBe(5)
    const refused = await api.get(largeExport)
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(readProblem(refused).type).toBe('/problems/busy')
    const sameClient = await api.get(largeExport, { headers: { 'x-forwarded-for': '10.0.0.1' } })
    expect(sameClient.status).toBe(429)
    expect(sameClient.headers.get('retry-after')).toMatch(/^\d+$/)
    const otherRequests = [
      '/v1/agreements?limit=1',
      `/v1/agreements?limit=1&asOf=${new Date().toISOString()}`,
    ]
    for (const path of otherRequests) expect((await api.get(path)).status).toBe(200)
    expect((await api.patch('/v1/topics/energy', { name: 'Meanwhile' })).status).toBe(200)
    for (const message of opened) message.destroy()
    const exportTopics = async () => (await api.get('/v1/topics/export?format=csv')).status
    await expect.poll(exportTopics).toBe(200)
  })
})

it('consecutive exports of a client are never refused, even if only one may run at a time', async () => {
  const single = await startTestApi({ env: { MAX_EXPORTS: '2', MAX_EXPORTS_PER_CLIENT: '1' } })
  try {
    for (let times = 0; times < 100; times += 1)
      expect((await single.get('/v1/topics/export?format=csv&fields=slug')).status).toBe(200)
  } finally {
    await single.close()
  }
})
