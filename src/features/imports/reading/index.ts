import { formatCount } from '../../../format-count.ts'
import type { FileFormat, FileInfo, Row } from '../types.ts'
import { openCsv } from './csv.ts'
import { estimateCharacters } from './estimate-characters.ts'
import type { FileToRead, LocalFile, OpenFile } from './file.ts'
import { requireFormat } from './format.ts'
import { groupRows } from './group.ts'
import { openJson } from './json.ts'
import { readLimits } from './limits.ts'
import { openNdjson } from './ndjson.ts'
import type { RowOptions } from './options.ts'
import { isRefusedRowsFile, refusedRowsOptions, restoreDateSystem, restoreRow } from './refused-rows.ts'
import { unreadableFile } from './unreadable-file.ts'
import { openXlsx } from './xlsx/index.ts'
import { openXml } from './xml.ts'

const openers: Record<FileFormat, (toRead: FileToRead) => Promise<OpenFile>> = {
  csv: openCsv,
  xlsx: openXlsx,
  json: openJson,
  ndjson: openNdjson,
  xml: openXml,
}

/** A file that is read in batches. */
export interface ReadFile {
  /** Resolves when the beginning of the file has been read, before the first batch. */
  fileInfo: Promise<FileInfo>
  batches: AsyncIterable<readonly Row[]>
  /** Closes the file. Only needed if the batches are not read. */
  close(): Promise<void>
}

/**
 * Reads a file in batches of rows. Memory does not grow with the number of rows.
 * @param file its path, and its name for messages.
 * @param options where the rows are; absent options are detected.
 * @param mayBeCut whether the file may be only the beginning of a file, as in a preview.
 * @param maxRows number of rows after which the rest of the file is not read.
 * @returns `fileInfo` and `batches`; both reject with a Problem when the file cannot be read.
 */
export function readRows(
  file: LocalFile,
  options: RowOptions,
  { signal, mayBeCut, maxRows }: { signal?: AbortSignal; mayBeCut?: boolean; maxRows?: number } = {},
): ReadFile {
  const opened = openFile({ ...file, options, mayBeCut, signal })
  const fileInfo = opened.then((open) => open.fileInfo)
  // Without a handler, the error would be an unhandled rejection. The reader of the batches gets the error, too.
  fileInfo.catch(() => undefined)
  const close = async () => {
    const file = await opened.catch(() => undefined)
    await file?.close?.()
  }
  return { fileInfo, batches: readBatches(opened, options, { signal, maxRows }), close }
}

async function openFile(toRead: FileToRead): Promise<OpenFile> {
  const file = (await openRefusedRows(toRead)) ?? (await openWithOptions(toRead))
  return isRefusedRowsFile(file.fileInfo)
    ? { ...file, fileInfo: restoreDateSystem(file.fileInfo), rows: restoreAll(file.rows) }
    : file
}

async function* restoreAll(batches: AsyncIterable<readonly Row[]>): AsyncGenerator<readonly Row[]> {
  for await (const rows of batches) yield rows.map(restoreRow)
}

async function openWithOptions(toRead: FileToRead): Promise<OpenFile> {
  const format = await requireFormat(toRead, toRead.options.format)
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

interface BatchOptions {
  signal: AbortSignal | undefined
  maxRows: number | undefined
}

async function* readBatches(
  opened: Promise<OpenFile>,
  { groupBy }: RowOptions,
  options: BatchOptions,
): AsyncGenerator<readonly Row[], void, undefined> {
  const open = await opened
  try {
    yield* makeBatches(open.rows, groupBy, options)
  } finally {
    await open.close?.()
  }
}

async function* makeBatches(
  rows: AsyncIterable<readonly Row[]>,
  groupBy: string | undefined,
  { signal, maxRows }: BatchOptions,
): AsyncGenerator<readonly Row[], void, undefined> {
  let batch: Row[] = []
  let characters = 0
  let count = 0
  for await (const piece of groupBy === undefined ? rows : groupRows(rows, groupBy)) {
    signal?.throwIfAborted()
    for (const row of piece) {
      batch.push(row)
      characters += estimateCharacters(row.values)
      count += 1
      if (count > readLimits.rows) {
        throw unreadableFile(`The file has more than ${formatCount(readLimits.rows)} rows. Split it.`)
      }
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
}
