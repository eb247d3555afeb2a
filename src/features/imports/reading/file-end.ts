import { open } from 'node:fs/promises'

/** Longest encoding of a line break, in bytes (UTF-32). */
const breakBytes = 4

/** Whether the last line of a text file ends with a line break, in any encoding that can be read. */
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
