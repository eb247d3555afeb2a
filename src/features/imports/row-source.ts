import type { Registry } from '../../model/registry.ts'
import { Problem } from '../../problems/problem.ts'
import { suggest } from '../../problems/suggest.ts'
import type { LocalFile } from './files.ts'
import {
  type CodeList,
  checkColumns,
  companionFiles,
  createConverter,
  createUsage,
  type Mapping,
  parseMapping,
  readCompanion,
  type Usage,
} from './mapping/index.ts'
import { readRows } from './reading/index.ts'
import type { ConvertedRow, FileFacts, Row } from './types.ts'

/** Reads the files beside the one with the rows that a mapping names. @throws Problem `invalid-mapping` for a missing one. */
async function readCompanions(mapping: Mapping, files: readonly LocalFile[], signal: AbortSignal) {
  const lists = new Map<string, CodeList>()
  for (const companion of companionFiles(mapping)) {
    const file = files.find(({ name }) => name === companion.name)
    if (!file) {
      const names = files.map(({ name }) => name)
      const near = suggest(companion.name, names)
      const detail = `The mapping names the file ${companion.name}, which was not sent${near ? `; did you mean ${near}?` : '.'}`
      throw new Problem('invalid-mapping', detail)
    }
    lists.set(companion.name, await readCompanion(file, companion, { signal }))
  }
  return lists
}

/** A file that is read: what is known of it, and its rows with what the mapping makes of them. */
export interface RowSource {
  facts: Promise<FileFacts>
  batches: AsyncIterable<readonly Row[]>
  convert: (row: Row) => ConvertedRow
  /** Counts what the mapping does not read of the rows. */
  usage: Usage
}

/**
 * Opens the files of an import, of which the first has the rows, as its mapping says.
 * @throws Problem when the mapping or the files cannot be read, or do not fit each other.
 */
export async function openRows(
  text: string,
  files: readonly LocalFile[],
  { registry, signal }: { registry: Registry; signal: AbortSignal },
): Promise<RowSource> {
  const mapping = parseMapping(text, registry)
  const [file, ...others] = files
  if (!file) throw new Problem('not-found', 'The import has no file.')
  const lists = await readCompanions(mapping, others, signal)
  const { facts, batches, close } = readRows(file, mapping.rows, { signal })
  try {
    checkColumns(mapping, registry, await facts)
  } catch (error) {
    await close()
    throw error
  }
  const convert = createConverter(mapping, { registry, lists })
  return { facts, batches, convert, usage: createUsage(mapping, registry) }
}
