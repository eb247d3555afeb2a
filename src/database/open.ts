import type pg from 'pg'
import type { Config } from '../server/config.ts'

/** What a command calls with the way to close each thing that it has opened. */
export type OnClose = (close: () => Promise<void>) => void

/**
 * Opens the database that the configuration names, or the embedded one when it names none.
 * Throws a StartupError when it cannot be reached.
 */
export async function openDatabase(config: Config, onClose: OnClose): Promise<pg.Pool> {
  const url = config.DATABASE_URL ?? (await openEmbedded(config.DATA_DIR, onClose))
  const [{ openPool }, { reach }] = await Promise.all([import('./pool.ts'), import('./reach.ts')])
  const pool = openPool(url, config.POOL_SIZE)
  onClose(() => pool.end())
  await reach(pool, url)
  return pool
}

async function openEmbedded(dataDir: string, onClose: OnClose): Promise<string> {
  const { openEmbeddedDatabase } = await import('./embedded.ts')
  const database = await openEmbeddedDatabase(dataDir)
  onClose(database.close)
  return database.url
}
