// @module-tag slow

import { describe, expect, it } from 'vitest'
import { generate } from '../../src/features/generating/generate.ts'
import { verify } from '../../src/features/integrity/verify.ts'
import { startTestApi } from '../support/api.ts'
import { openTestDatabase } from '../support/database.ts'
import { analyzeWarning, makeAnalyzeFail } from '../support/failing-analyze.ts'
import { registry } from '../support/registry.ts'

const tables = ['agreements', 'participations', 'projects', 'topic_links', 'citations', 'external_ids']

/**
 * Generates records in a new database. The ids of generated records have times of 1 January 2020, so they begin with
 * 016f5e.
 * @returns a digest of the generated rows of each table, without times.
 */
async function digestsOfGenerated(count: number, seed: number): Promise<Record<string, string>> {
  const { pool, database, close } = await openTestDatabase()
  try {
    await generate(database, count, seed)
    const digests = tables.map(async (table) => {
      const { rows } = await pool.query<{ digest: string }>(
        `select md5(string_agg(content, chr(10) order by content)) as digest
         from (select (to_jsonb(row) - 'row_start')::text as content from ${table} as row) as rows
         where content like '%016f5e%'`,
      )
      return [table, rows[0]?.digest ?? '']
    })
    return Object.fromEntries(await Promise.all(digests))
  } finally {
    await close()
  }
}

describe('generated registries', () => {
  it('are equal for the same number and seed, and differ for another seed', async () => {
    const [first, again, other] = await Promise.all([
      digestsOfGenerated(60, 1),
      digestsOfGenerated(60, 1),
      digestsOfGenerated(60, 2),
    ])
    expect(Object.values(first).every((digest) => digest !== '')).toBe(true)
    expect(again).toEqual(first)
    for (const table of tables) expect(other[table]).not.toBe(first[table])
  })

  it('satisfy the contract, and one country has over 15% of the participations of countries', async () => {
    const api = await startTestApi()
    try {
      await generate(api.database, 400, 7)
      for (const resource of [
        'agreements',
        'projects',
        'cooperation-bases',
        'assistance-programs',
        'citations',
      ])
        expect((await api.get(`/v1/${resource}?limit=200`)).status).toBe(200)
      const { rows } = await api.pool.query<{ share: number }>(
        `select max(count)::float8 / sum(count)::float8 as share
         from (select count(*) from participations where country is not null group by country) as counts`,
      )
      expect(rows[0]?.share).toBeGreaterThan(0.15)
    } finally {
      await api.close()
    }
  })

  it('have one revision for each generated record, and no other revisions', async () => {
    const api = await startTestApi()
    try {
      const count = async () =>
        (await api.pool.query<{ count: number }>('select count(*)::int as count from revisions')).rows[0]
          ?.count ?? 0
      const [agreement] = (await api.get('/v1/agreements?limit=1')).json<{ data: { id: string }[] }>().data
      const seeded = await count()
      await api.pool.query("insert into topics (slug, name, scheme) values ('by-hand', 'By hand', 'domain')")
      // The service writes the revision of a change that was made directly in the database.
      await expect.poll(count).toBe(seeded + 1)
      const before = await count()
      const start = new Date().toISOString()
      await generate(api.database, 20, 5)
      const { data } = (await api.get(`/v1/agreements?createdAt[gte]=${start}&limit=200`)).json<{
        data: { id: string }[]
      }>()
      expect(data).toHaveLength(20)
      expect(await verify(api.database, registry, [], () => {})).toMatchObject({ faults: 0 })
      for (const record of data.slice(0, 3)) {
        const path = `/v1/agreements/${record.id}/history`
        const entries = (await api.get(path)).json<{ data: { actor: unknown }[] }>().data
        expect(entries).toMatchObject([
          { version: 1, operation: 'create', actor: { kind: 'seed', id: null, name: 'entente generate' } },
        ])
        expect((await api.get(`${path}/1`)).json<{ document: unknown }>().document).toEqual(record)
      }
      // 2 projects, 1 base, 1 program, 1 organization and 50 sources come with 20 agreements.
      const { rows } = await api.pool.query<{ count: number }>(
        "select count(*)::int as count from records where resource = 'citations' and created_at >= $1",
        [start],
      )
      expect(await count()).toBe(before + 20 + 2 + 1 + 1 + 1 + 50 + (rows[0]?.count ?? 0))
      const history = await api.get(`/v1/agreements/${agreement?.id}/history`)
      expect(history.json<{ data: unknown[] }>().data).toHaveLength(1)
    } finally {
      await api.close()
    }
  })

  it('have no end before the start, and no termination or entry into force after 2025', async () => {
    const { pool, database, close } = await openTestDatabase()
    try {
      await generate(database, 3000, 2)
      const { rows } = await pool.query(`
        select count(*) filter (where terminated_on is not null)::int as terminated,
          count(*) filter (where terminated_on_earliest > '2025-12-31' or terminated_on_latest < in_force_from_earliest
            or in_force_from_earliest > '2025-12-31')::int as wrong,
          (select count(*)::int from projects where ends_on_latest < starts_on_earliest) as reversed
        from agreements`)
      expect(rows).toEqual([{ terminated: expect.any(Number), wrong: 0, reversed: 0 }])
      expect(rows[0].terminated).toBeGreaterThan(20)
    } finally {
      await close()
    }
  })

  it('are written with a warning if only `vacuum analyze` fails after the commit', async () => {
    const { pool, database, close } = await openTestDatabase()
    try {
      await makeAnalyzeFail(pool)
      expect(await generate(database, 20, 3)).toMatch(analyzeWarning)
      const { rows } = await pool.query("select from sources where title like 'Generated source%'")
      expect(rows).toHaveLength(50)
    } finally {
      await close()
    }
  })

  it('are refused a second time with the same seed, and nothing is written', async () => {
    const { pool, database, close } = await openTestDatabase()
    try {
      await generate(database, 20, 3)
      const count = async () => (await pool.query('select count(*) from participations')).rows[0]
      const before = await count()
      await expect(generate(database, 20, 3)).rejects.toThrow(/seed 3 .* another --seed/)
      expect(await count()).toEqual(before)
    } finally {
      await close()
    }
  })
})
