import type { Row } from '../types.ts'
import type { FileToRead, OpenFile } from './file.ts'
import { malformedRow, parseJsonRow } from './json-row.ts'
import { readLimits } from './limits.ts'
import { describeText, detectTextFile } from './text.ts'
import { formatCount, unreadableFile } from './unreadable-file.ts'

/** Opens an NDJSON file: a JSON object in each line. A line that is not JSON is a row with a fault. */
export async function openNdjson({ path, options, signal }: FileToRead): Promise<OpenFile> {
  const text = await detectTextFile(path, { encoding: options.encoding, signal })
  return { fileInfo: describeText('ndjson', text), rows: readLines(text.read()) }
}

async function* readLines(chunks: AsyncIterable<string>): AsyncGenerator<readonly Row[], void, undefined> {
  let rest = ''
  let number = 0
  const rowsOfLine = (line: string): Row[] => {
    number += 1
    if (line.trim() === '') return []
    const locator = `line ${number}`
    try {
      return [parseJsonRow(line, number, locator)]
    } catch (error) {
      return [malformedRow(line, number, locator, error)]
    }
  }
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > readLimits.rowCharacters) {
      throw unreadableFile(
        `Line ${number + lines.length + 1} has more than ${formatCount(readLimits.rowCharacters)} characters. Is the file NDJSON, with one record in each line?`,
      )
    }
    yield lines.flatMap(rowsOfLine)
  }
  if (rest !== '') yield rowsOfLine(rest)
}
