import type { FastifyInstance } from 'fastify'
import type { Database } from '../database/database.ts'
import { withLock } from '../database/lock.ts'
import { type Lifecycle, openDatabase } from '../database/open.ts'
import { errorCode } from '../error-code.ts'
import { OperationalError } from '../operational-error.ts'
import { findAdminKey } from './admin-key.ts'
import type { Config } from './config.ts'

/**
 * Starts the service: database, migrations, seeds, app, listening.
 * @param lifecycle collects the functions that close what was opened. The caller stops the service with them.
 * @throws OperationalError for a known reason, with what the operator can do.
 */
export async function serve(config: Config, lifecycle: Lifecycle): Promise<void> {
  // Loads the app while PostgreSQL starts.
  const [database, { buildApp }, { upgradeSchema }, { warmUp }, { registry }] = await Promise.all([
    openDatabase(config, lifecycle),
    import('./app.ts'),
    import('./upgrade-schema.ts'),
    import('./warm-up.ts'),
    import('../resources/registry.ts'),
  ])
  await upgradeSchema(database)
  if (config.SEED !== 'none') await seedWhenEmpty(database, config.SEED)
  // If several processes start for the first time, one creates the key, and the others read it.
  const { key, notice } = await withLock(database, 'adminKey', () => findAdminKey(config))
  const app = await buildApp({ config: { ...config, ADMIN_KEY: key }, database })
  lifecycle.onClose(async () => app.close())
  // The startup message must be the first line on the terminal, so the log begins after it.
  const { level } = app.log
  app.log.level = 'silent'
  const address = await listen(app, config)
  console.log(`Entente listens on ${address} (documentation: ${address}/docs)${notice}`)
  app.log.level = level
  app.log.info(`At most ${app.server.maxConnections} client connections can be open at the same time.`)
  void warmUp(database, registry)
}

/** Seeds an empty database: only once, even if several processes start at the same time. */
async function seedWhenEmpty(database: Database, set: 'all' | 'reference'): Promise<void> {
  const { isEmpty, seed } = await import('../features/seeding/seed.ts')
  if (!(await isEmpty(database))) return
  await withLock(database, 'seed', async () => {
    if (await isEmpty(database)) await seed(database, set)
  })
}

/**
 * Maximum number of connections that wait to be accepted. With the default of 511, a burst of connections of one client makes
 * other clients retry after a second. The system may set a lower limit (`net.core.somaxconn`).
 */
const backlog = 4096

async function listen(app: FastifyInstance, { HOST, PORT }: Config): Promise<string> {
  try {
    await app.listen({ host: HOST, port: PORT, backlog })
  } catch (error) {
    throw new OperationalError(listenErrorMessage(error, HOST, PORT))
  }
  const [bound] = app.addresses()
  const port = typeof bound === 'object' ? bound.port : PORT
  return `http://${HOST.includes(':') ? `[${HOST}]` : HOST}:${port}`
}

function listenErrorMessage(error: unknown, host: string, port: number): string {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return `PORT: ${port} on ${host} is taken by another program; stop it, or set another PORT`
    case 'EACCES':
      return `PORT: this user may not listen on ${port}; use a port above 1023`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST: ${host} is not an address of this machine; try 127.0.0.1 or 0.0.0.0`
    default:
      return `cannot listen on ${host}:${port}: ${error}`
  }
}
