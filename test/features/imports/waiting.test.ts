import { expect, it } from 'vitest'
import { combineGroups } from '../../../src/features/imports/waiting.ts'

/** Returns the number of rows of each batch. Each of the groups is one row. */
const batchSizes = (recordCounts: readonly number[], maxRows: number) => {
  const groups = recordCounts.map((recordCount, index) => ({ positions: [index + 1], recordCount }))
  return Array.from(
    combineGroups(groups, () => maxRows),
    ({ positions }) => positions.length,
  )
}

it.each<[title: string, recordCounts: number[], maxRows: number, sizes: number[]]>([
  ['as many rows as are allowed, even if each has several records', Array(25).fill(5), 10, [10, 10, 5]],
  ['at most 500 records', Array(25).fill(50), 100, [10, 10, 5]],
  ['only one row, if that row has more than 500 records', [1, 600, 1], 100, [1, 1, 1]],
  ['as many rows as are allowed, even if they have no records', Array(25).fill(0), 10, [10, 10, 5]],
])('a batch of waiting rows has %s', (_, recordCounts, maxRows, sizes) => {
  expect(batchSizes(recordCounts, maxRows)).toEqual(sizes)
})
