import { formatCount } from '../../../format-count.ts'
import type { Row } from '../types.ts'
import { type FileToRead, type OpenFile, unreadableFile } from './file.ts'
import { malformedRow, parseJsonRow } from './json-row.ts'
import { readLimits } from './limits.ts'
import { describeText, openTextFile } from './text.ts'

/**
 * Opens an NDJSON file: a JSON object in each line. Blank lines are skipped. A line without an object is a row with a fault. If the
 * file may be cut off, a last line that has no line break and is not JSON is left out, unless it is the first line.
 * @throws Problem as `openTextFile` does. The batches also throw a Problem, such as for a line that is too long.
 */
export async function openNdjson(file: FileToRead): Promise<OpenFile> {
  const text = await openTextFile(file)
  return { fileInfo: describeText('ndjson', text), batches: readLines(text.read(), file.mayBeCut) }
}

async function* readLines(
  chunks: AsyncIterable<string>,
  mayBeCut = false,
): AsyncGenerator<readonly Row[], void, undefined> {
  let rest = ''
  let lineNumber = 0
  const rowsOfLine = (line: string, isCutAllowed = false): Row[] => {
    lineNumber += 1
    if (line.trim() === '') return []
    const locator = `line ${lineNumber}`
    try {
      return [parseJsonRow(line, lineNumber, locator)]
    } catch (error) {
      return isCutAllowed ? [] : [malformedRow(line, lineNumber, locator, error)]
    }
  }
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > readLimits.rowCharacters) {
      throw unreadableFile(
        `Line ${lineNumber + lines.length + 1} has more than ${formatCount(readLimits.rowCharacters)} characters. Is the file NDJSON, with one record in each line?`,
      )
    }
    yield lines.flatMap((line) => rowsOfLine(line))
  }
  if (rest !== '') yield rowsOfLine(rest, mayBeCut && lineNumber > 0)
}
