import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resources } from '../../src/dashboard/api/resources.ts'
import { compareRecords } from '../../src/dashboard/components/compare/record-differences.ts'
import { diffLists, diffProperties, diffTexts } from '../../src/dashboard/components/history/diff.ts'
import { canonicalJson } from '../../src/dashboard/editing/form-values.ts'

/** The differences of versions in the history, and of two states of a list in a comparison, without a browser. */

describe('a diff', () => {
  it('of texts is the old text without added parts, and the new text without removed parts', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const parts = diffTexts(before, after, 'en')
        const without = (status: string) =>
          parts.map((part) => (part.status === status ? '' : part.value)).join('')
        expect(without('added')).toBe(before)
        expect(without('removed')).toBe(after)
      }),
    )
  })

  it('has every item of the old and of the new list once', () => {
    // A changed item is at the place of the old item, so the order may differ.
    const sorted = (items: readonly unknown[]) => items.map(canonicalJson).sort()
    const fruit = fc.record({
      name: fc.constantFrom('apple', 'pear'),
      kind: fc.constant('fruit'),
      id: fc.nat(2),
    })
    const items = fc.array(fc.oneof(fc.jsonValue(), fruit))
    fc.assert(
      fc.property(items, items, (before, after) => {
        const parts = diffLists(before, after)
        const older = parts.flatMap((part) =>
          part.status === 'changed' ? [part.before] : part.status === 'added' ? [] : [part.value],
        )
        const newer = parts.flatMap((part) =>
          part.status === 'changed' ? [part.after] : part.status === 'removed' ? [] : [part.value],
        )
        expect(sorted(older)).toEqual(sorted(before))
        expect(sorted(newer)).toEqual(sorted(after))
      }),
    )
  })

  it('of Chinese texts has whole words', () => {
    const parts = diffTexts('中国与巴基斯坦签署协议', '中国与德国签署协议', 'zh')
    expect(parts.find(({ status }) => status === 'added')).toMatchObject({ value: '德国' })
  })

  it('of two records has the properties that differ, except those without a value in both', () => {
    const diffs = diffProperties(
      { resource: 'agreements', id: 'A', place: null },
      { resource: 'agreements', id: 'B', terms: [] },
    )
    expect(diffs.map(({ name }) => name)).toEqual(['id'])
  })
})

describe('the difference of two states of a list', () => {
  it('lists additions, removals and changes, with both values of each property', () => {
    const resource = resources.find(({ name }) => name === 'agreements')
    if (!resource) throw new Error('there are no agreements')
    const record = (id: string, version: number, title: string) => ({ id, version, title, place: null })
    const before = [record('a', 1, 'A'), record('b', 1, 'B'), record('c', 1, 'C'), record('d', 1, 'D')]
    const after = [record('a', 1, 'A'), record('b', 3, 'New'), record('d', 2, 'D'), record('e', 1, 'E')]
    expect(compareRecords(resource, before, after)).toEqual({
      added: [after[3]],
      removed: [before[2]],
      changed: [{ record: after[1], properties: [{ property: 'title', before: 'B', after: 'New' }] }],
    })
  })
})
