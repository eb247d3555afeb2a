import { expect, it } from 'vitest'
import { fillMentions } from '../../../src/features/imports/mentions.ts'
import type { Draft, JsonValue } from '../../../src/features/imports/types.ts'

/** Returns the items of a list after its mentions have got the keys. */
function fillItems(list: readonly JsonValue[], keys: readonly (string | null)[]): unknown {
  const draft: Draft = {
    resource: 'projects',
    externalId: { scheme: 'x', id: '1' },
    document: { list },
    mentions: [],
    citation: { locator: 'row 2' },
  }
  return fillMentions(draft, keys).list
}

const named = (mention: number) => ({ country: { $mention: mention } })

it.each([
  ['two names', [named(0), named(1)]],
  ['a key and then a name', [{ country: 'CHN' }, named(0)]],
  ['a name and then a key', [named(0), { country: 'CHN' }]],
])('items that are equal because %s mean one record are stored once', (_, list) => {
  expect(fillItems(list, ['CHN', 'CHN'])).toEqual([{ country: 'CHN' }])
})

it('equal items without mentions stay, and an item whose mention is dropped does not', () => {
  const amount = { amount: 5 }
  expect(fillItems([amount, named(0), amount], [null])).toEqual([amount, amount])
})
