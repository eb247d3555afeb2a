import fc from 'fast-check'
import { expect, it } from 'vitest'
import { openTestDatabase } from '../support/database.ts'
import { useOpened } from '../support/use-opened.ts'

const database = useOpened(openTestDatabase)

const isAlias = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { name, language, ...others } = value as Record<string, unknown> // objects of JSON have text keys
  return (
    typeof name === 'string' &&
    name !== '' &&
    (typeof language === 'string' || language === null) &&
    Object.keys(others).length === 0
  )
}

const isAliasList = (value: unknown): boolean => Array.isArray(value) && value.every(isAlias)

const scalar = fc.constantFrom<unknown>('', 'en', '协定', 0, true, null)

/** Aliases, and values that differ from them a little: other types, missing or further properties, lists instead of values. */
const almostAlias = fc.letrec((tie) => ({
  alias: fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ name: fc.constantFrom('A', '协定'), language: fc.constantFrom('zh', null) }),
    },
    {
      weight: 3,
      arbitrary: fc.record(
        { name: fc.oneof(scalar, tie('list')), language: fc.oneof(scalar, tie('list')), more: scalar },
        { requiredKeys: [] },
      ),
    },
    { weight: 1, arbitrary: fc.oneof(scalar, tie('list')) },
  ),
  list: fc.array(fc.oneof({ maxDepth: 3 }, scalar, tie('alias')), { maxLength: 2 }),
})).alias

it('the check of aliases accepts only lists of names with a language or null', async () => {
  const lists = fc.oneof(
    { weight: 9, arbitrary: fc.array(almostAlias, { maxLength: 3 }) },
    { weight: 1, arbitrary: almostAlias },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(lists, { minLength: 50, maxLength: 50 }), async (values) => {
      const { rows } = await database.pool.query(
        `select is_alias_list(value) as accepted from jsonb_array_elements($1) with ordinality as list(value, at) order by at`,
        [JSON.stringify(values)],
      )
      expect(rows).toEqual(values.map((value) => ({ accepted: isAliasList(value) })))
    }),
    { numRuns: 40 },
  )
})
