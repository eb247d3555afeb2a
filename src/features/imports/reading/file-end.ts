import { open } from 'node:fs/promises'

/** Longest encoding of a line break, in bytes (UTF-32). */
const breakBytes = 4

/**
 * Whether there is a line break in the last four bytes of a text file: a line break has at most this length, in UTF-32. So a last
 * line of up to three bytes counts as complete.
 */
export async function endsWithLineBreak(path: string): Promise<boolean> {
  const handle = await open(path)
  try {
    const { size } = await handle.stat()
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(breakBytes),
      0,
      breakBytes,
      Math.max(0, size - breakBytes),
    )
    const end = buffer.subarray(0, bytesRead)
    return end.includes(0x0a) || end.includes(0x0d)
  } finally {
    await handle.close()
  }
}
