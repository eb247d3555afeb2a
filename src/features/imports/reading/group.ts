import { formatCount } from '../../../format-count.ts'
import { toText } from '../mapping/path.ts'
import type { Row } from '../types.ts'
import { estimateCharacters } from './estimate-characters.ts'
import { unreadableFile } from './file.ts'
import { readLimits } from './limits.ts'

/**
 * Joins neighbouring rows that have the same text in a column; `1` and `"1"` of XLSX are the same. The joined row has the values
 * of the first row, a further value `rows` with a list of the values of each row, and the first fault of its rows. Rows without a
 * value in the column are not joined.
 * @throws Problem `unreadable-file` when more than `readLimits.groupedRows` rows or `readLimits.rowCharacters` characters would
 * become one row, or when the file has a column `rows`.
 */
export async function* groupRows(
  pieces: AsyncIterable<readonly Row[]>,
  column: string,
): AsyncGenerator<readonly Row[], void, undefined> {
  let group: Row[] = []
  let characters = 0
  for await (const piece of pieces) {
    const joined: Row[] = []
    for (const row of piece) {
      const first = group[0]
      const text = groupText(row, column)
      if (first && (text === undefined || text !== groupText(first, column))) {
        joined.push(joinRows(group))
        group = []
        characters = 0
      }
      if ('rows' in row.values)
        throw unreadableFile(
          'The file has a column "rows", and rows.groupBy makes a list with this name. Rename the column.',
        )
      group.push(row)
      characters += estimateCharacters(row.values)
      const excess =
        group.length > readLimits.groupedRows
          ? `${formatCount(readLimits.groupedRows)} neighbouring rows`
          : group.length > 1 &&
            characters > readLimits.rowCharacters &&
            `${formatCount(readLimits.rowCharacters)} characters of neighbouring rows`
      if (excess)
        throw unreadableFile(
          `From ${group[0]?.locator} on, more than ${excess} have the same value in the column "${column}" of rows.groupBy. Correct rows.groupBy, or split the file.`,
        )
    }
    yield joined
  }
  if (group.length > 0) yield [joinRows(group)]
}

/** Returns the text by which rows are grouped; undefined if the row has none. */
const groupText = ({ values }: Row, column: string) => toText(values[column] ?? null) || undefined

function joinRows(group: readonly Row[]): Row {
  const [first, last] = [group[0], group.at(-1)]
  if (!first || !last) throw new Error('a group of rows has at least one row')
  const locator =
    group.length > 1 ? `${first.locator.replace(/row (\d+)$/, 'rows $1')}–${last.number}` : first.locator
  const fault = group.find((row) => row.fault)?.fault
  const values = { ...first.values, rows: group.map((row) => row.values) }
  return { ...first, locator, values, ...(fault && { fault }) }
}
