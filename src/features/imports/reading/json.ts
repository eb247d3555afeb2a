import { errorMessage } from '../../../error-message.ts'
import { didYouMean } from '../../../problems/suggest.ts'
import { toSentence } from '../../../wording.ts'
import type { Row } from '../types.ts'
import { type FileToRead, type OpenFile, unreadableFile } from './file.ts'
import { parseJsonRow } from './json-row.ts'
import { JsonSplitter } from './json-splitter.ts'
import { splitRowPath } from './path.ts'
import { describeText, openTextFile } from './text.ts'

/** Opens a JSON file with a list of objects. @throws Problem when it cannot be read. */
export async function openJson(file: FileToRead): Promise<OpenFile> {
  const text = await openTextFile(file)
  return {
    fileInfo: describeText('json', text),
    batches: readItems(text.read(), splitRowPath(file.options.path ?? '/'), file.mayBeCut),
  }
}

async function* readItems(
  chunks: AsyncIterable<string>,
  path: readonly string[],
  mayBeCut = false,
): AsyncGenerator<readonly Row[], void, undefined> {
  const splitter = new JsonSplitter(path)
  const pointer = path.length > 0 ? `/${path.join('/')}` : ''
  let number = 0
  const makeRow = (item: string): Row => {
    number += 1
    try {
      return parseJsonRow(item, number, pointer === '' ? `item ${number}` : `${pointer}[${number}]`)
    } catch (error) {
      throw unreadableFile(`Item ${number} of the list is not JSON: ${errorMessage(error)}.`)
    }
  }
  for await (const chunk of chunks) yield splitter.write(chunk).map(makeRow)
  if (mayBeCut && number > 0) return
  splitter.end()
  if (splitter.isFound) return
  const lists = [...splitter.lists]
  const hint =
    path.length === 1
      ? didYouMean(path[0] ?? '', lists)
      : lists.length > 0
        ? `; rows.path can be ${lists.map((name) => `/${name}`).join(', ')}`
        : ''
  throw unreadableFile(
    toSentence(`The JSON has no list ${pointer === '' ? 'at its top' : `at ${pointer}`}${hint}`),
  )
}
