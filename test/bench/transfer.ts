import { readMemoryMb, type Server } from './servers.ts'

/** Measurements of the download of all agreements. */
export interface Transfer {
  seconds: number
  megabytes: number
  /** Maximum growth of the memory of the server's process during the download. */
  growthMb: number
}

/** Reads a response to its end as fast as it arrives. @throws when the response has an error status. */
export async function transfer(server: Server, path: string): Promise<Transfer> {
  const before = await readMemoryMb(server.pid)
  let peak = before
  const watch = setInterval(async () => {
    peak = Math.max(peak, await readMemoryMb(server.pid))
  }, 50)
  const start = performance.now()
  let bytes = 0
  try {
    const response = await fetch(server.origin + path)
    if (!response.ok || !response.body) throw new Error(`${response.status}: ${await response.text()}`)
    for await (const chunk of response.body) bytes += chunk.length
  } finally {
    clearInterval(watch)
  }
  return { seconds: (performance.now() - start) / 1000, megabytes: bytes / 1e6, growthMb: peak - before }
}
