import type { Database, DatabaseOptions } from './database.ts'
import type { EmbeddedDatabase } from './embedded/index.ts'

export interface CloseOptions {
  /** Whether `close` must run even if a start is aborted, because something (a server) would outlive the process. */
  outlivesProcess?: boolean
}

/** Runs the `close` functions of a command when its process ends. */
export interface Lifecycle {
  /** Aborts when the process gets a stop signal before the command has started its service or done its work. */
  signal: AbortSignal
  /** Registers a function that closes something. The last one registered runs first. */
  onClose(close: () => Promise<void>, options?: CloseOptions): void
}

/** The settings of the configuration that concern the database. */
export interface DatabaseConfig {
  DATABASE_URL?: string | undefined
  LISTEN_DATABASE_URL?: string | undefined
  READ_DATABASE_URLS?: string[] | undefined
  READ_MAX_STALENESS_MS: number
  DATA_DIR: string
  POOL_SIZE: number
  POOL_QUEUE: number
  MAX_EXPENSIVE: number
  POOL_WAIT_SECONDS: number
  STATEMENT_SECONDS: number
  SLOW_STATEMENT_MS: number
}

/** Returns the options of the database that the configuration sets. */
export const databaseOptions = (config: DatabaseConfig): DatabaseOptions => ({
  maxConnections: config.POOL_SIZE,
  maxExpensive: config.MAX_EXPENSIVE,
  maxWaiting: config.POOL_QUEUE,
  acquireTimeoutMs: config.POOL_WAIT_SECONDS * 1000,
  statementTimeoutMs: config.STATEMENT_SECONDS * 1000,
  slowStatementMs: config.SLOW_STATEMENT_MS || Number.POSITIVE_INFINITY,
  listenUrl: config.LISTEN_DATABASE_URL,
  replicas: config.READ_DATABASE_URLS && {
    urls: config.READ_DATABASE_URLS,
    maxAgeMs: config.READ_MAX_STALENESS_MS,
  },
})

/**
 * Opens the database that the configuration names, or the embedded one when it names none.
 * @throws OperationalError when it cannot be started or reached, or has an unsupported version or encoding; for the embedded one
 * also PostgreSQL's error when it cannot be prepared, and the reason of the signal of `lifecycle`.
 */
export async function openDatabase(config: DatabaseConfig, lifecycle: Lifecycle): Promise<Database> {
  const { url, origin, supervisor } =
    config.DATABASE_URL === undefined
      ? { ...(await openEmbedded(config.DATA_DIR, lifecycle)), origin: 'the embedded PostgreSQL' }
      : { url: config.DATABASE_URL, origin: 'DATABASE_URL', supervisor: undefined }
  const [{ openDatabaseAt }, { checkConnection }] = await Promise.all([
    import('./database.ts'),
    import('./check-connection.ts'),
  ])
  const database = openDatabaseAt(url, databaseOptions(config), supervisor)
  lifecycle.onClose(() => database.close())
  await checkConnection(database, url, origin, lifecycle.signal)
  return database
}

async function openEmbedded(dataDir: string, lifecycle: Lifecycle): Promise<EmbeddedDatabase> {
  const { openEmbeddedDatabase } = await import('./embedded/index.ts')
  const opening = openEmbeddedDatabase(dataDir, [], lifecycle.signal)
  // Registered before the database is open, so that an aborted start waits for PostgreSQL's programs.
  const close = async () => (await opening.catch(() => undefined))?.close()
  lifecycle.onClose(close, { outlivesProcess: true })
  return await opening
}
