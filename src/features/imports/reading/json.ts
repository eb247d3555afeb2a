import { errorMessage } from '../../../error-message.ts'
import { didYouMean, suggest } from '../../../problems/suggest.ts'
import { toSentence } from '../../../wording.ts'
import type { Row } from '../types.ts'
import { type FileToRead, type OpenFile, unreadableFile } from './file.ts'
import { parseJsonRow } from './json-row.ts'
import { JsonSplitter } from './json-splitter.ts'
import { splitRowPath } from './path.ts'
import { describeText, openTextFile } from './text.ts'

/**
 * Opens a JSON file with a list of objects.
 * @throws Problem as `openTextFile` and `splitRowPath` do. The batches throw a Problem when the JSON is malformed or lacks the list.
 */
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
  // The beginning of a file is enough to see that an object is in place of the list, or that its name is misspelt.
  const isMisspelt = path.length === 1 && suggest(path[0] ?? '', [...splitter.lists]) !== undefined
  if (!mayBeCut || !(splitter.isObject || isMisspelt)) splitter.end()
  if (splitter.isFound) return
  throw unreadableFile(describeMissingList(splitter, path))
}

/** Whether the rows seem to be the values of an object: it has no list itself, and several of its values have one of the same name. */
function areValues(lists: readonly string[]): boolean {
  const names = lists.map((list) => list.split('/')[1])
  return !names.includes(undefined) && new Set(names).size < names.length
}

/** Says that the JSON has no list at a path, and what is there or where its lists are. */
function describeMissingList({ lists, isObject }: JsonSplitter, path: readonly string[]): string {
  const place = path.length > 0 ? `at /${path.join('/')}` : 'at its top'
  const within = [...lists].filter((list) => path.every((name, index) => list.split('/')[index] === name))
  if (isObject && (within.length === 0 || areValues(within))) {
    return `The JSON has an object ${place}, not a list. If the rows are the values of an object, such as {"P1": {…}, "P2": {…}}, save them as a list, each with its key.`
  }
  const listed = isObject ? within : [...lists]
  const paths = listed.map((name) => `/${name}`).join(', ')
  const pathsHint = listed.length > 0 ? `; rows.path can be ${paths}` : ''
  const hint = path.length === 1 && !isObject ? didYouMean(path[0] ?? '', listed) : pathsHint
  return toSentence(`The JSON has no list ${place}${hint}`)
}
