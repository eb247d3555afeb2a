import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { superuserUrl } from '../support/superuser.ts'
import { withClient } from '../support/with-client.ts'
import { fetchText, readIds } from './fetch-text.ts'
import { type Server, startNode } from './servers.ts'

/** The administrator's key of every service that the benchmark starts. */
export const adminKey = 'the-administrators-key-in-benchmarks'

const program = 'dist/cli/main.js'
const dataDir = '.data-bench'

const commonEnv = { ADMIN_KEY: adminKey, PORT: '0', LOG_LEVEL: 'error', SEED: 'none', RATE_LIMIT: '0' }

/** The service on a registry with many agreements. */
export interface Registry {
  /** URL of the service's database. */
  url: string
  /** A process without a response cache. */
  cold: Server
  /** Starts a process with a response cache on the same database. */
  startCached(): Promise<Server>
  /** Number of agreements. */
  agreements: number
  close(): Promise<void>
}

/** A process of the service without a response cache, and the URL of its database. */
export interface ColdRegistry {
  url: string
  cold: Server
}

/** Starts the service without a response cache, on an embedded database in `folder` when `database` is absent. */
async function startUncached(database: string | undefined, folder: string): Promise<ColdRegistry> {
  const databaseEnv = database === undefined ? { DATA_DIR: folder } : { DATABASE_URL: database }
  const cold = await startNode([program, 'serve'], {
    ...commonEnv,
    ...databaseEnv,
    CACHE_MB: '0',
  })
  return { cold, url: database ?? (await readFile(`${folder}/url`, 'utf8')).trim() }
}

/** Lets the owner of the embedded database create databases for the servers with which the service is compared. */
async function allowDatabases(url: string): Promise<void> {
  await withClient(await superuserUrl(dataDir, url), (client) => client.query('alter role entente createdb'))
}

/** Exact number of agreements. @param filter further query parameters, such as `asOf=…`. */
export async function countAgreements(origin: string, filter = ''): Promise<number> {
  return await countRecords(`${origin}/v1/agreements?fields=id&${filter}`)
}

/** Exact number of records in a list. @param list URL of the list, with a query string. */
export async function countRecords(list: string): Promise<number> {
  // The tests of the service check this response against the OpenAPI document.
  return JSON.parse(await fetchText(`${list}&limit=1&count=exact`)).page.total.count
}

/** Runs a command of the service on a database. */
async function runCommand(url: string, ...args: string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [program, ...args], {
    env: { ...process.env, ...commonEnv, DATABASE_URL: url },
  })
}

async function generate(url: string, agreements: number, seed: number): Promise<void> {
  console.log(`generating ${agreements} agreements; the next run will find them`)
  await runCommand(url, 'generate', '--agreements', String(agreements), '--seed', String(seed))
}

/**
 * Starts the service without a response cache, and generates agreements until it has `wanted`: first a tenth, then the
 * rest, since the case `grown` needs a time at which the registry had only a tenth.
 * @param folder folder of the embedded PostgreSQL, when `database` is absent.
 */
export async function openUncached(
  database: string | undefined,
  wanted: number,
  folder: string,
): Promise<ColdRegistry> {
  const { cold, url } = await startUncached(database, folder)
  // The agreements that the benchmark creates refer to topics of `seeds/interview-2011`. Of the seeds, `generate` adds only `reference`.
  await runCommand(url, 'seed')
  const existing = await countAgreements(cold.origin)
  if (existing < wanted) {
    const tenth = Math.ceil(wanted / 10)
    if (existing < tenth) await generate(url, tenth, 1)
    await generate(url, wanted - Math.max(existing, tenth), 1 + Math.max(existing, tenth))
  }
  return { cold, url }
}

/** Starts the service without a response cache on a registry, which `openUncached` fills. */
export async function openRegistry(database: string | undefined, wanted: number): Promise<Registry> {
  const { cold, url } = await openUncached(database, wanted, dataDir)
  if (database === undefined) await allowDatabases(url)
  return {
    url,
    cold,
    startCached: () => startNode([program, 'serve'], { ...commonEnv, DATABASE_URL: url }),
    agreements: await countAgreements(cold.origin),
    close: () => cold.close(),
  }
}

/** Ids of 2,000 agreements in the order of titles, so that they are spread over the tables. */
export async function sampleIds(origin: string): Promise<string[]> {
  const sampled: string[] = []
  for await (const { ids } of readIds(`${origin}/v1/agreements?fields=id&sort=title&limit=100`)) {
    sampled.push(...ids)
    if (sampled.length >= 2000) break
  }
  return sampled
}
