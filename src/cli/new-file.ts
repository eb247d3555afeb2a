import { open, rm } from 'node:fs/promises'
import { failure, OperationalError } from '../operational-error.ts'
import type { CommandContext } from './context.ts'

/** A file that a command makes. */
export interface NewFile {
  path: string
  /** What the file is called in error messages: 'the archive'. */
  noun: string
  /** Permissions of the file, such as `0o600`; by default, those that the umask leaves. */
  mode?: number
}

/**
 * Writes a file that must not exist, part by part. When the command ends, the file is removed if it is incomplete, even after
 * an interruption.
 * @param write calls `append` for each part of the content.
 * @throws OperationalError if the file exists or cannot be written; what `write` throws.
 */
export async function writeNewFile(
  context: CommandContext,
  { path, noun, mode }: NewFile,
  write: (append: (part: string | Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  const refuse = (cause: NodeJS.ErrnoException): never => {
    if (cause.code === 'EEXIST')
      throw new OperationalError(`the file ${path} already exists: give the name of a new file for ${noun}`, {
        cause,
      })
    throw failure(`${noun} cannot be written to a new file ${path}`, cause)
  }
  const opening = open(path, 'wx', mode)
  let isComplete = false
  const removeIncomplete = async () => {
    const isCreated = await opening.then(
      () => true,
      () => false,
    )
    if (isCreated && !isComplete) await rm(path, { force: true })
  }
  context.onClose(removeIncomplete, { outlivesProcess: true })
  const file = await opening.catch(refuse)
  try {
    await write((part) => file.writeFile(part).catch(refuse))
  } finally {
    await file.close().catch(refuse)
  }
  isComplete = true
}
