import type { Registry } from '../../model/registry.ts'
import { Problem } from '../../problems/problem.ts'
import {
  checkColumns,
  checkCompanions,
  createConverter,
  createUnusedColumnCounter,
  parseMapping,
  readCompanions,
  type UnusedColumnCounter,
} from './mapping/index.ts'
import type { LocalFile } from './reading/file.ts'
import { readRows } from './reading/index.ts'
import type { ConvertedRow, FileInfo, Row } from './types.ts'

/** The rows of the file of an import, and the functions that process them. */
export interface RowSource {
  fileInfo: Promise<FileInfo>
  batches: AsyncIterable<readonly Row[]>
  /** Converts a row as the mapping says. */
  convert: (row: Row) => ConvertedRow
  /** Counts the rows with values that the mapping does not read. */
  unused: UnusedColumnCounter
  /** Closes the file. Only needed if the batches are not read. */
  close: () => Promise<void>
}

/**
 * Opens the files of an import as its mapping says. The first file has the rows.
 * @throws Problem when the mapping or a file cannot be read, or they do not match.
 */
export async function openRows(
  text: string,
  files: readonly LocalFile[],
  { registry, signal }: { registry: Registry; signal: AbortSignal },
): Promise<RowSource> {
  const mapping = parseMapping(text, registry)
  const [file, ...others] = files
  if (!file) throw new Problem('not-found', 'The import has no file.')
  checkCompanions(mapping, others)
  const companions = await readCompanions(mapping, others, { signal })
  const { fileInfo, batches, close } = readRows(file, mapping.rows, { signal })
  try {
    checkColumns(mapping, registry, await fileInfo)
    const convert = createConverter(mapping, { registry, companions })
    const unused = createUnusedColumnCounter(mapping, registry, await fileInfo)
    return { fileInfo, batches, convert, unused, close }
  } catch (error) {
    await close()
    throw error
  }
}
