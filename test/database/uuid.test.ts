import { readFile } from 'node:fs/promises'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { recordId } from '../../src/model/keys.ts'
import { registry } from '../../src/resources/registry.ts'
import { openConstraintDatabase } from '../support/constraint-rows.ts'
import { useOpened } from '../support/use-opened.ts'

const database = useOpened(openConstraintDatabase)

describe('uuid_v7()', () => {
  interface GeneratedId {
    id: string
    /** Time of the database directly after the generation, in milliseconds since 1970. */
    timeAfterMs: number
  }

  /** Returns 20 ids that were generated in different milliseconds. */
  async function generateIds(functionName: string, client: pg.Pool | pg.PoolClient): Promise<GeneratedId[]> {
    const generated: GeneratedId[] = []
    const clock = 'extract(epoch from clock_timestamp()) * 1000'
    for (let count = 0; count < 20; count++) {
      // With `offset 0`, PostgreSQL evaluates the subquery before it reads the clock.
      const { rows } = await client.query<GeneratedId>(
        `select generated.id, ceil(${clock})::float8 as "timeAfterMs"
           from (select ${functionName}() as id, pg_sleep(0.002) offset 0) generated`,
      )
      generated.push(...rows)
    }
    return generated
  }

  function expectVersion7(generated: GeneratedId[]) {
    expect(new Set(generated.map(({ id }) => id)).size).toBe(generated.length)
    expect(generated.map(({ id }) => id)).toEqual(generated.map(({ id }) => id).sort())
    for (const { id, timeAfterMs } of generated) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      const idTimeMs = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)
      expect(idTimeMs).toBeLessThanOrEqual(timeAfterMs)
      // The limit is far above the 2 ms of `pg_sleep`, since a busy machine may pause PostgreSQL.
      expect(timeAfterMs - idTimeMs).toBeLessThan(5000)
    }
  }

  it('generates UUIDs of version 7 that contain the time and increase with it', async () => {
    expectVersion7(await generateIds('uuid_v7', database.pool))
  })

  it('generates UUIDs of version 7 even on servers without a built-in function for them', async () => {
    const migration = await readFile('migrations/0000_functions.sql', 'utf8')
    const [, body] =
      /CREATE FUNCTION uuid_v7\(\)[^$]*LANGUAGE plpgsql[^$]*(\$body\$.*?\$body\$)/s.exec(migration) ?? []
    const client = await database.pool.connect()
    try {
      await client.query(
        `create function pg_temp.uuid_v7_fallback() returns uuid language plpgsql as ${body}`,
      )
      expectVersion7(await generateIds('pg_temp.uuid_v7_fallback', client))
    } finally {
      client.release(true)
    }
  })

  it('is the default id of a record', async () => {
    const created = await database.query(
      "insert into sources (title, kind) select 'A source', 'report' from generate_series(1, 50) returning id",
    )
    expect(new Set(created.map(({ id }) => id)).size).toBe(50)
    expect(created.every(({ id }) => String(id).charAt(14) === '7')).toBe(true)
    const [column] = await database.query(
      "select column_default from information_schema.columns where table_name = 'records' and column_name = 'id' and table_schema = 'public'",
    )
    expect(column?.column_default).toBe('uuid_v7()')
  })
})

it('name_id() computes the same ids from natural keys as the service', async () => {
  for (const [resource, key] of [
    ['countries', 'PAK'],
    ['regions', '142'],
    ['topics', 'electric-vehicles'],
  ] as const) {
    const [row] = await database.query('select name_id($1, $2) as id', [resource, key])
    expect(row?.id).toBe(recordId(registry.get(resource), key))
  }
})
