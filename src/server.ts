import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import type { Config } from './config.ts'
import { withLock } from './database/lock.ts'
import { migrate } from './database/migrate.ts'
import { type Lifecycle, openDatabase } from './database/open.ts'
import { errorCode } from './error-code.ts'
import { findAdminKey } from './server/admin-key.ts'
import { StartupError } from './startup-error.ts'

/** Starts the service; it runs until what it has registered with `lifecycle.onClose` is called. */
export async function serve(config: Config, lifecycle: Lifecycle): Promise<void> {
  // The code of the API loads while PostgreSQL starts.
  const [pool, { buildApp }] = await Promise.all([openDatabase(config, lifecycle), import('./app.ts')])
  await migrate(pool)
  if (config.SEED !== 'none') await seedWhenEmpty(pool, config.SEED)
  const { key, notice } = await findAdminKey(config)
  const app = await buildApp({ config: { ...config, ADMIN_KEY: key }, pool })
  lifecycle.onClose(async () => app.close())
  // The first line on the terminal is for people; the log begins after it.
  const { level } = app.log
  app.log.level = 'silent'
  const address = await listen(app, config)
  console.log(`Entente listens on ${address} (documentation: ${address}/docs)${notice}`)
  app.log.level = level
}

/** Processes that start at the same moment on an empty database seed it once. */
async function seedWhenEmpty(pool: pg.Pool, set: 'all' | 'reference'): Promise<void> {
  const { isEmpty, seed } = await import('./features/seeding/seed.ts')
  if (!(await isEmpty(pool))) return
  await withLock(pool, 'seed', async () => {
    if (await isEmpty(pool)) await seed(pool, set)
  })
}

async function listen(app: FastifyInstance, { HOST, PORT }: Config): Promise<string> {
  try {
    await app.listen({ host: HOST, port: PORT })
  } catch (error) {
    throw new StartupError(refusal(error, HOST, PORT))
  }
  const [bound] = app.addresses()
  const port = typeof bound === 'object' ? bound.port : PORT
  return `http://${HOST.includes(':') ? `[${HOST}]` : HOST}:${port}`
}

function refusal(error: unknown, host: string, port: number): string {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return `PORT: ${port} on ${host} is taken by another program; stop that one, or set another PORT`
    case 'EACCES':
      return `PORT: this user may not listen on ${port}; take one above 1023`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST: ${host} is no address of this machine; 127.0.0.1 or 0.0.0.0 would be`
    default:
      return `cannot listen on ${host}:${port}: ${error}`
  }
}
