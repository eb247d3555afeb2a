import { open } from 'node:fs/promises'
import { Problem } from '../../../problems/problem.ts'
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

/** Returns the problem for a file that cannot be read. @param detail what is wrong, and how to correct it. */
export const unreadableFile = (detail: string, cause?: unknown): Problem =>
  new Problem('unreadable-file', detail, { cause })

/** Reads at most `count` bytes at the start or the end of a file. */
export async function readBytes(path: string, at: 'start' | 'end', count: number): Promise<Buffer> {
  const handle = await open(path)
  try {
    const position = at === 'start' ? 0 : Math.max(0, (await handle.stat()).size - count)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(count), 0, count, position)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}
