import type { FileFacts, Row } from '../types.ts'
import type { RowOptions } from './options.ts'

/** A file to read, and how. */
export interface Source {
  path: string
  /** The name that its user knows. */
  name: string
  options: RowOptions
  signal?: AbortSignal | undefined
}

/** A file whose beginning has been read. */
export interface OpenFile {
  facts: FileFacts
  /** The rows of the file, in pieces of any size. */
  rows: AsyncIterable<readonly Row[]>
  /** Closes what is open before the rows are read. */
  close?: () => Promise<void>
}
