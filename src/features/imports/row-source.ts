import type { Registry } from '../../model/registry.ts'
import { Problem } from '../../problems/problem.ts'
import {
  checkColumns,
  checkCompanions,
  companionName,
  createConverter,
  createUnusedColumnCounter,
  parseMapping,
  readCompanions,
  type UnusedColumnCounter,
} from './mapping/index.ts'
import type { LocalFile } from './reading/file.ts'
import { readRows } from './reading/index.ts'
import { isRefusedRowsFile } from './reading/refused-rows.ts'
import type { ConvertedRow, FileInfo, Row } from './types.ts'

/** The rows of the file of an import, and the functions that process them. */
export interface RowSource {
  fileInfo: Promise<FileInfo>
  batches: AsyncIterable<readonly Row[]>
  /** Converts a row as the mapping says. */
  convert: (row: Row) => ConvertedRow
  /** Counts the rows with values that the mapping does not read. */
  unused: UnusedColumnCounter
  /** Returns notes about the rows of joined files that match no row. Call it after all rows are converted. */
  describeUnmatched: () => string[]
  /** Closes the file. Only needed if the batches are not read. */
  close: () => Promise<void>
}

/**
 * Opens the files of an import as its mapping says. The first file has the rows. The others are companion files: lists of codes
 * and joined files.
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
    const info = await fileInfo
    checkColumns(mapping, registry, info)
    const convert = createConverter(mapping, { ...info, registry, companions })
    const unused = createUnusedColumnCounter(mapping, registry, info)
    // A file of refused rows has only a part of the rows.
    const isPartial = isRefusedRowsFile(info)
    const describeUnmatched = () =>
      isPartial
        ? []
        : [...companions].flatMap(([key, rows]) => rows.describeUnmatched(companionName(key)) ?? [])
    return { fileInfo, batches, convert, unused, describeUnmatched, close }
  } catch (error) {
    await close()
    throw error
  }
}
