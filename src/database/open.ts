import type { Config } from '../server/config.ts'
import type { Database, DatabaseOptions } from './database.ts'

/** What a command calls with the way to close each thing that it has opened. */
export type OnClose = (close: () => Promise<void>) => void

/** The limits that the configuration sets. */
export const databaseOptions = (config: Config): DatabaseOptions => ({
  maxConnections: config.POOL_SIZE,
  maxWaiting: config.POOL_QUEUE,
  acquireTimeoutMs: config.POOL_WAIT_SECONDS * 1000,
  statementTimeoutMs: config.STATEMENT_SECONDS * 1000,
  slowStatementMs: config.SLOW_STATEMENT_MS || Number.POSITIVE_INFINITY,
  listenUrl: config.LISTEN_DATABASE_URL,
})

/**
 * Opens the database that the configuration names, or the embedded one when it names none.
 * @throws StartupError when it cannot be reached.
 */
export async function openDatabase(config: Config, onClose: OnClose): Promise<Database> {
  const url = config.DATABASE_URL ?? (await openEmbedded(config.DATA_DIR, onClose))
  const [{ openPool }, { checkConnection }] = await Promise.all([
    import('./database.ts'),
    import('./check-connection.ts'),
  ])
  const database = openPool(url, databaseOptions(config))
  onClose(() => database.close())
  await checkConnection(database, url)
  return database
}

async function openEmbedded(dataDir: string, onClose: OnClose): Promise<string> {
  const { openEmbeddedDatabase } = await import('./embedded/index.ts')
  const embedded = await openEmbeddedDatabase(dataDir)
  onClose(embedded.close)
  return embedded.url
}
