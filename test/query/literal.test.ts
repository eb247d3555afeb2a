import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { inlineValues } from '../../src/query/literal.ts'
import { openTestDatabase } from '../support/database.ts'
import { useOpened } from '../support/use-opened.ts'

const database = useOpened(openTestDatabase)

it('PostgreSQL reads every text literal and array literal back unchanged', async () => {
  const character = fc.oneof(
    fc.constantFrom("'", '"', '\\', '{', '}', ',', '$1', '--', ';', '\n', 'null', 'E', "\\'"),
    fc.string({ unit: 'grapheme', maxLength: 3 }).map((text) => text.replaceAll('\0', '')),
  )
  const text = fc.array(character, { maxLength: 8 }).map((parts) => parts.join(''))
  await fc.assert(
    fc.asyncProperty(text, fc.array(text, { maxLength: 4 }), fc.integer(), async (one, many, number) => {
      const statement = sql`select ${sql.placeholder('one')} as one, ${sql.placeholder('many')}::text[] as many, ${sql.placeholder('number')}::int as number, ${one}::text as inline`
      const { rows } = await database.pool.query(inlineValues(statement, { one, many, number }))
      expect(rows).toEqual([{ one, many, number, inline: one }])
    }),
    { numRuns: 200 },
  )
})

it('PostgreSQL reads the literal of a nested array as an array of two dimensions', async () => {
  const rows = [
    ['a', '{"b"}'],
    ['NULL', null],
  ]
  const statement = inlineValues(sql`select ${sql.placeholder('rows')}::text[] as rows`, { rows })
  expect((await database.pool.query(statement)).rows).toEqual([{ rows }])
})

it('refuses a value that has no literal', () => {
  const statement = sql`select ${sql.placeholder('value')}`
  for (const value of [undefined, {}, () => 1])
    expect(() => inlineValues(statement, { value })).toThrow('no SQL literal')
  expect(() => inlineValues(statement, {})).toThrow('the placeholder value has no value')
})
