import type pg from 'pg'
import type { Config } from '../config.ts'

export interface CloseOptions {
  /** Whether it goes on after this process has ended, so that it is closed even when a start is interrupted. */
  outlivesProcess?: boolean
}

/** Ties what a command opens to the life of its process. */
export interface Lifecycle {
  /** Aborted when the process is told to stop before the command has started its service or done its work. */
  signal: AbortSignal
  /** Registers how something that was opened is closed. What was registered last is closed first. */
  onClose(close: () => Promise<void>, options?: CloseOptions): void
}

/**
 * Opens the database that the configuration names, or the embedded one when it names none.
 * Throws a StartupError when it cannot be reached.
 */
export async function openDatabase(config: Config, lifecycle: Lifecycle): Promise<pg.Pool> {
  const url = config.DATABASE_URL ?? (await openEmbedded(config.DATA_DIR, lifecycle))
  const [{ openPool }, { reach }] = await Promise.all([import('./pool.ts'), import('./reach.ts')])
  const pool = openPool(url, config.POOL_SIZE)
  lifecycle.onClose(() => pool.end())
  await reach(pool, url)
  return pool
}

async function openEmbedded(dataDir: string, lifecycle: Lifecycle): Promise<string> {
  const { openEmbeddedDatabase } = await import('./embedded.ts')
  const opening = openEmbeddedDatabase(dataDir, [], lifecycle.signal)
  // Registered before it is open: an interruption waits until the programs that open it have ended.
  const close = async () => (await opening.catch(() => undefined))?.close()
  lifecycle.onClose(close, { outlivesProcess: true })
  return (await opening).url
}
