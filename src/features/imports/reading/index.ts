import { formatCount } from '../../../format-count.ts'
import type { FileFormat, Row } from '../types.ts'
import { openCsv } from './csv.ts'
import { estimateCharacters } from './estimate-characters.ts'
import { type FileToRead, type LocalFile, type OpenFile, unreadableFile } from './file.ts'
import { requireFormat } from './format.ts'
import { groupRows } from './group.ts'
import { openJson } from './json.ts'
import { readLimits } from './limits.ts'
import { openNdjson } from './ndjson.ts'
import type { RowOptions } from './options.ts'
import { isRefusedRowsFile, refusedRowsOptions, restoreDateSystem, restoreRow } from './refused-rows.ts'
import { openXlsx } from './xlsx/index.ts'
import { openXml } from './xml.ts'

const openers: Record<FileFormat, (toRead: FileToRead) => Promise<OpenFile>> = {
  csv: openCsv,
  xlsx: openXlsx,
  json: openJson,
  ndjson: openNdjson,
  xml: openXml,
}

interface ReadOptions {
  signal?: AbortSignal | undefined
  /** Whether the file may be only the beginning of a file, as in a preview. */
  mayBeCut?: boolean
  /** Number of rows after which the rest of the file is not read. */
  maxRows?: number
}

/**
 * Reads a file in batches of rows. Memory does not grow with the number of rows.
 * @param file its path and name. The name is in messages, and its ending may determine the format.
 * @param rowOptions where the rows are; absent options are detected.
 * @returns the file, which the batches close at their end. `close` is only needed if they are not read.
 * @throws Problem when the file cannot be read. If only a later part shows this, the batches throw the Problem.
 */
export async function readRows(
  file: LocalFile,
  rowOptions: RowOptions,
  options: ReadOptions = {},
): Promise<Required<OpenFile>> {
  const open = await openFile({ ...file, ...options, options: rowOptions })
  const { fileInfo, close = async () => undefined } = open
  return { fileInfo, batches: makeBatches(open, rowOptions, options), close }
}

async function openFile(toRead: FileToRead): Promise<OpenFile> {
  const file = (await openRefusedRows(toRead)) ?? (await openWithOptions(toRead))
  return isRefusedRowsFile(file.fileInfo)
    ? { ...file, fileInfo: restoreDateSystem(file.fileInfo), batches: restoreAll(file.batches) }
    : file
}

async function* restoreAll(batches: AsyncIterable<readonly Row[]>): AsyncGenerator<readonly Row[]> {
  for await (const rows of batches) yield rows.map(restoreRow)
}

async function openWithOptions(toRead: FileToRead): Promise<OpenFile> {
  const format = await requireFormat(toRead)
  return openers[format](toRead)
}

/**
 * Opens a file of refused rows without the options that describe only the original file.
 * @returns undefined if it is not such a file, or if there are no such options.
 */
async function openRefusedRows(toRead: FileToRead): Promise<OpenFile | undefined> {
  const options = refusedRowsOptions(toRead.options)
  if (!options) return undefined
  // A file that can be read only with the options is the original file.
  const opened = await openWithOptions({ ...toRead, options }).catch(() => undefined)
  if (!opened || isRefusedRowsFile(opened.fileInfo)) return opened
  await opened.close?.()
  return undefined
}

async function* makeBatches(
  { fileInfo, batches, close }: OpenFile,
  { groupBy }: RowOptions,
  { signal, maxRows }: ReadOptions,
): AsyncGenerator<readonly Row[], void, undefined> {
  const hasColumns = fileInfo.columns.length > 0
  let batch: Row[] = []
  let characters = 0
  let count = 0
  try {
    for await (const piece of groupBy === undefined ? batches : groupRows(batches, groupBy)) {
      signal?.throwIfAborted()
      for (const row of piece) {
        batch.push(row)
        characters += estimateCharacters(row.values, !hasColumns)
        count += 1
        if (count > readLimits.rows)
          throw unreadableFile(`The file has more than ${formatCount(readLimits.rows)} rows. Split it.`)
        if (count === maxRows) {
          yield batch
          return
        }
        if (batch.length < readLimits.batchRows && characters < readLimits.batchCharacters) continue
        yield batch
        batch = []
        characters = 0
      }
    }
    if (batch.length > 0) yield batch
  } finally {
    await close?.()
  }
}
