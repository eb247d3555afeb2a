import { getTableName } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { recordId } from '../../src/model/keys.ts'
import type { Resource } from '../../src/model/resource.ts'
import { registry } from '../../src/resources/registry.ts'
import {
  ids,
  insert,
  openConstraintDatabase,
  type Row,
  rows,
  type Table,
} from '../support/constraint-rows.ts'
import { toSql } from '../support/sql-writes.ts'
import { useOpened } from '../support/use-opened.ts'

const database = useOpened(openConstraintDatabase)

/** Returns the id of the first record of a resource. If there is none, the function inserts an example. */
async function findOrInsertId({ name, table }: Resource): Promise<string> {
  const find = () => database.query('select id from records where resource = $1 order by key limit 1', [name])
  const inserted = {
    table: getTableName(table),
    action: 'insert',
    row: 0,
    draw: 0,
    savepoint: 'none',
  } as const
  if ((await find()).length === 0) await database.query(toSql(inserted))
  return String((await find())[0]?.id)
}

const refusedKey = { code: '23514', violated: undefined }
const refusedTruncate = { code: '42501', violated: undefined }

const recordOf = async (id: string): Promise<Row | undefined> =>
  (await database.query('select * from records where id = $1', [id]))[0]

/** Expects a version that is one higher, a later time of change, and a document that must be composed again. */
function expectInvalidated(before: Row | undefined, after: Row | undefined): void {
  expect(after).toMatchObject({
    version: Number(before?.version) + 1,
    created_at: before?.created_at,
    document: before?.document,
    shape: null,
  })
  expect(Number(after?.updated_at)).toBeGreaterThan(Number(before?.updated_at))
}

describe.each(registry.resources)('SQL that changes $name', (resource) => {
  const table = getTableName(resource.table)
  const column = resource.search.title.name
  let id: string
  beforeAll(async () => {
    id = await findOrInsertId(resource)
  })

  /** Runs statements in a transaction. Returns the record before and after it. */
  async function change(...statements: string[]) {
    const before = await recordOf(id)
    await database.pool.query(['begin', ...statements, 'commit'].join(';'))
    return { before, after: await recordOf(id) }
  }
  const rename = (to: string) => `update ${table} set ${column} = '${to}' where id = '${id}'`

  it('increments the version, sets updatedAt and invalidates the document', async () => {
    const { before, after } = await change(rename('Changed in psql'))
    expectInvalidated(before, after)
  })

  it('increments the version once per transaction, with several changes and savepoints', async () => {
    const { before, after } = await change(
      rename('A'),
      'savepoint one',
      rename('B'),
      'release one',
      'savepoint two',
      rename('C'),
      `update records set visibility = 'internal' where id = '${id}'`,
      'rollback to two',
      rename('D'),
    )
    expect(after?.version).toBe(Number(before?.version) + 1)
    expect(after?.visibility).toBe('public')
  })

  it('cannot set the version, the creation time, the time of change or the document', async () => {
    const { before, after } = await change(
      `update records set version = 1000, created_at = '2001-01-01', updated_at = '2001-01-01', document = '{}',
        shape = 'x' where id = '${id}'`,
    )
    expectInvalidated(before, after)
  })

  it('cannot change the key, in the table of the resource or in records', async () => {
    const other = resource.key.assignedBy === 'registry' ? ids.unused : 'ZZZ'
    const property = resource.key.column.name
    expect(
      await database.attempt(`update ${table} set ${property} = '${other}' where id = '${id}'`),
    ).toMatchObject(refusedKey)
    expect(await database.attempt(`update records set key = '${other}' where id = '${id}'`)).toMatchObject(
      refusedKey,
    )
  })

  it('cannot truncate the table', async () => {
    expect(await database.attempt(`truncate ${table} cascade`)).toMatchObject(refusedTruncate)
  })
})

describe('a row that is inserted in SQL', () => {
  const cases: [name: string, table: Table, key: string][] = [
    ['topics', 'topics', rows.topics.slug],
    ['countries', 'countries', rows.countries.code],
    ['sources', 'sources', ids.unused],
  ]
  it.each(cases)(
    'into %s creates its record, and continues its versions when it is inserted again',
    async (name, table, key) => {
      const resource = registry.get(name)
      const id = recordId(resource, key)
      const insertion = insert(table, key === id ? { id, ...rows[table] } : rows[table])
      await database.query(...insertion)
      expect(await recordOf(id)).toMatchObject({
        resource: name,
        key,
        version: 1,
        document: null,
        shape: null,
      })
      await database.query(`delete from ${table} where id = $1`, [id])
      expect(await recordOf(id)).toBeUndefined()
      expect(
        await database.query(
          'select version, operation, actor from revisions where resource = $1 and key = $2',
          [name, key],
        ),
      ).toEqual([{ version: 2, operation: 'remove', actor: { kind: 'database', id: null, name: null } }])
      await database.query(...insertion)
      expect(await recordOf(id)).toMatchObject({ version: 3 })
    },
  )

  it('leaves no record and no revision when its own transaction deletes it', async () => {
    await database.pool.query(
      "begin; insert into topics (slug, name, scheme) values ('brief', 'Brief', 'domain'); delete from topics where slug = 'brief'; commit",
    )
    expect(await database.query("select from records where key = 'brief'")).toEqual([])
    expect(await database.query("select from revisions where key = 'brief'")).toEqual([])
  })

  it('cannot have the id of a record of another resource', async () => {
    expect(await database.attempt(insert('projects', { id: ids.agreement, ...rows.projects }))).toMatchObject(
      { code: '23505' },
    )
  })
})

it('an SQL delete from records also deletes the rows of the record in other tables', async () => {
  const terms = insert('agreements_terms', rows.agreements_terms)
  await database.query(...terms)
  const [before] = await database.query('select version from records where id = $1', [ids.agreement])
  await database.query('delete from records where id = $1', [ids.agreement])
  for (const [table, column] of [
    ['agreements', 'id'],
    ['agreements_terms', 'record'],
  ])
    expect(await database.query(`select from ${table} where ${column} = $1`, [ids.agreement]), table).toEqual(
      [],
    )
  expect(
    await database.query('select version, operation from revisions where key = $1', [ids.agreement]),
  ).toEqual([{ version: Number(before?.version) + 1, operation: 'remove' }])
})
