import { beforeAll, expect, it } from 'vitest'
import { feedStatement } from '../../src/query/revisions.ts'
import { openTestDatabase } from '../support/database.ts'
import { useOpened } from '../support/use-opened.ts'

const database = useOpened(openTestDatabase)
beforeAll(async () => {
  // The revisions have no records and, since no trigger runs, no valid hashes.
  await database.pool.query(`set session_replication_role = replica;
    insert into revisions (resource, key, version, operation, document, actor, time, salt, content_hash, hash, transaction)
      select (array['agreements', 'projects', 'citations'])[1 + number % 3], gen_random_uuid()::text, 1, 'create',
        '{"visibility": "public"}', '{}', now(), '', '', '', 1 + number / 100 from generate_series(1, 6000) as number;
    update records set visibility = 'internal' where id = (select id from projects limit 1);
    set session_replication_role = origin; analyze revisions, records`)
})

/** Returns the number of revisions that PostgreSQL reads for a page of the feed, as a reader without a key. */
async function countRead(resources: string[], order: 'asc' | 'desc'): Promise<number> {
  const { text, values } = feedStatement({ after: undefined, resources, countries: [], order, limit: 21 })
  const client = await database.pool.connect()
  try {
    await client.query('begin isolation level repeatable read read only; select restrict_reader()')
    const explain = `explain (analyze, timing off, summary off) ${text}`
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(explain, values)
    const scans = rows.map((row) => / on revisions shown.* rows=([\d.]+) loops=(\d+)/.exec(row['QUERY PLAN']))
    return scans.reduce((sum, scan) => sum + (scan ? Number(scan[1]) * Number(scan[2]) : 0), 0)
  } finally {
    await client.query('rollback')
    client.release()
  }
}

it.each([
  [['agreements']],
  [['agreements', 'projects']],
  [['agreements', 'projects', 'citations', 'topics']],
])(
  'for a page of 21 changes of %j, PostgreSQL reads at most 21 changes of each resource',
  async (resources) => {
    for (const order of ['asc', 'desc'] as const) {
      const read = await countRead(resources, order)
      expect(read).toBeGreaterThanOrEqual(21)
      expect(read).toBeLessThanOrEqual(21 * resources.length)
    }
  },
)
