import { open } from 'node:fs/promises'

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
