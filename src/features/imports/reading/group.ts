import type { Problem } from '../../../problems/problem.ts'
import type { Row } from '../types.ts'
import { readLimits } from './limits.ts'
import { formatCount, unreadableFile } from './unreadable-file.ts'

/**
 * Joins neighboring rows that have the same value in a column. The joined row has the values of the first row, and a further
 * value `rows`: a list of the values of each row. Rows with a fault or without a value in the column are not joined.
 * @throws Problem `unreadable-file` when more than `readLimits.groupedRows` rows would become one row.
 */
export async function* groupRows(
  pieces: AsyncIterable<readonly Row[]>,
  column: string,
): AsyncGenerator<readonly Row[], void, undefined> {
  let group: Row[] = []
  for await (const piece of pieces) {
    const joined: Row[] = []
    for (const row of piece) {
      const first = group[0]
      const isSameGroup = first && !row.fault && !first.fault && row.values[column] === first.values[column]
      if (first && (!isSameGroup || row.values[column] === null)) {
        joined.push(joinRows(group))
        group = []
      }
      group.push(row)
      if (group.length > readLimits.groupedRows) throw tooManyRows(column, group)
    }
    yield joined
  }
  if (group.length > 0) yield [joinRows(group)]
}

function joinRows(group: readonly Row[]): Row {
  const [first, last] = [group[0], group.at(-1)]
  if (!first || !last) throw new Error('a group of rows has at least one row')
  const locator =
    group.length > 1 ? `${first.locator.replace(/row (\d+)$/, 'rows $1')}–${last.number}` : first.locator
  return { ...first, locator, values: { ...first.values, rows: group.map(({ values }) => values) } }
}

const tooManyRows = (column: string, [first]: readonly Row[]): Problem =>
  unreadableFile(
    `From ${first?.locator} on, more than ${formatCount(readLimits.groupedRows)} neighboring rows have the same value in the column "${column}" of rows.groupBy. Correct rows.groupBy, or split the file.`,
  )
