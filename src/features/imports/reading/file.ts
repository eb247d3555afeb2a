import type { FileInfo, Row } from '../types.ts'
import type { RowOptions } from './options.ts'

/** A file on disk. */
export interface LocalFile {
  path: string
  /** The name that users see. The file at `path` may be a temporary copy with another name. */
  name: string
}

/** A file to read, and the options for reading it. */
export interface FileToRead extends LocalFile {
  options: RowOptions
  /** Whether it may be only the beginning of a file, as in a preview. */
  mayBeCut?: boolean | undefined
  signal?: AbortSignal | undefined
}

/** A file whose beginning has been read. */
export interface OpenFile {
  fileInfo: FileInfo
  /** The rows of the file. The readers of formats make batches of any size. */
  batches: AsyncIterable<readonly Row[]>
  /** Closes the file, whether or not its rows have been read. */
  close?: () => Promise<void>
}
