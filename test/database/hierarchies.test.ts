import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { insert, type Outcome, openConstraintDatabase, rows, toOutcome } from '../support/constraint-rows.ts'
import { useOpened } from '../support/use-opened.ts'

const database = useOpened(openConstraintDatabase)

/** Tables with a hierarchy: the key column, the column that refers to the parent, its name in the API, and unused keys. */
const hierarchies = [
  { table: 'regions', key: 'code', parent: 'parent', property: 'parent', keys: ['901', '903', '904', '905'] },
  {
    table: 'topics',
    key: 'slug',
    parent: 'broader',
    property: 'broader',
    keys: ['c-1', 'c-2', 'c-3', 'c-4'],
  },
  {
    table: 'organizations',
    key: 'id',
    parent: 'parent',
    property: 'parent',
    keys: [randomUUID(), randomUUID(), randomUUID(), randomUUID()],
  },
  {
    table: 'cooperation_bases',
    key: 'id',
    parent: 'part_of',
    property: 'partOf',
    keys: [randomUUID(), randomUUID(), randomUUID(), randomUUID()],
  },
] as const

describe.each(hierarchies)('$table has no cycles', ({ table, key, parent, property, keys }) => {
  const [first, second, third, another] = keys
  const cycle: Outcome = { code: 'EN001', violated: property }
  const setParent = (child: string, parentKey: string | null): [string, unknown[]] => [
    `update ${table} set ${parent} = $1 where ${key} = $2`,
    [parentKey, child],
  ]

  beforeAll(async () => {
    for (const value of [first, second, third])
      await database.query(...insert(table, { ...rows[table], [key]: value }))
  })

  it('of one row, at its creation or later', async () => {
    expect(await database.attempt(setParent(first, first))).toEqual(cycle)
    expect(
      await database.attempt(insert(table, { ...rows[table], [key]: another, [parent]: another })),
    ).toEqual(cycle)
  })

  it('of two or three rows, but may have chains', async () => {
    expect(await database.attempt(setParent(second, first), setParent(third, second))).toBe('accepted')
    expect(await database.attempt(setParent(second, first), setParent(first, second))).toEqual(cycle)
    expect(
      await database.attempt(setParent(second, first), setParent(third, second), setParent(first, third)),
    ).toEqual(cycle)
  })

  it('from two concurrent transactions that add half of a cycle each', async () => {
    const [one, other] = await Promise.all([database.pool.connect(), database.pool.connect()])
    try {
      await one.query('begin')
      await other.query('begin')
      await one.query(...setParent(second, first))
      const refused = other.query(...setParent(first, second)).then(() => 'accepted' as const, toOutcome)
      // The update waits for the end of the other transaction, which determines whether there is a cycle.
      expect(await Promise.race([refused, sleep(100, 'waits')])).toBe('waits')
      await one.query('commit')
      expect(await refused).toEqual(cycle)
    } finally {
      await one.query('rollback')
      await other.query('rollback')
      one.release()
      other.release()
      await database.query(...setParent(second, null))
    }
  })
})
