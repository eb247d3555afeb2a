import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { type Database, openPool } from '../../src/database/database.ts'
import { openEmbeddedDatabase } from '../../src/database/embedded/index.ts'
import { migrate } from '../../src/database/migrate.ts'
import { generate } from '../../src/features/generating/generate.ts'
import { seed } from '../../src/features/seeding/seed.ts'
import { generousOptions } from '../support/database-options.ts'
import { type Case, casesFor, type Name } from './cases.ts'
import { measureDepths, median } from './deep.ts'
import { type Figures, measure } from './load.ts'
import { type Options, readOptions } from './options.ts'
import { comparePeers } from './peers.ts'
import { type Server, start, startSource } from './servers.ts'
import { type Measured, printCases, printFloors } from './tables.ts'
import { transfer } from './transfer.ts'

/** Measures the service against what could be had at best, in one run on the same data and machine. */

const key = 'the-administrators-key-in-benchmarks'

/** Fills a registry until it has enough agreements. @returns how many it has. */
async function fill(database: Database, agreements: number): Promise<number> {
  await migrate(database)
  await seed(database, 'all')
  const count = async () =>
    (await database.read<{ count: number }>({ text: 'select count(*)::int from agreements' }))[0]?.count ?? 0
  const there = await count()
  if (there < agreements) {
    console.log(`generating ${agreements} agreements; the next run will find them`)
    await generate(database, agreements, 1)
  }
  return await count()
}

/** The middle of some rounds, by what was answered in a second. */
function middle(rounds: Figures[]): Figures {
  const wanted = median(rounds.map(({ perSecond }) => perSecond))
  const found = rounds.find(({ perSecond }) => perSecond === wanted)
  if (!found) throw new Error('nothing was measured')
  return found
}

/** Measures one case on every server that it is for, by turns, so that what disturbs the machine disturbs all. */
async function measureCase(one: Case, servers: Record<Name, Server>, options: Options): Promise<Measured> {
  const { seconds, rounds } = options
  const connections = one.connections ?? options.connections
  const results = new Map<Name, Figures[]>()
  for (let round = 0; round <= rounds; round++) {
    for (const [name, request] of Object.entries(one.requests)) {
      // The keys are those of the record.
      const server = name as Name
      // The first round is for caches and compilers, and does not count.
      const figures = await measure(servers[server], request, {
        seconds: round === 0 ? 1 : seconds,
        connections,
        ...(one.amount !== undefined && { amount: one.amount }),
      })
      if (round > 0) results.set(server, [...(results.get(server) ?? []), figures])
    }
  }
  const figures = [...results].map(([name, list]) => [name, middle(list)] as const)
  const speeds = [...results].map(([name, list]) => [name, list.map(({ perSecond }) => perSecond)] as const)
  return { name: one.name, servers: Object.fromEntries(figures), rounds: Object.fromEntries(speeds) }
}

async function idsFrom(database: Database): Promise<string[]> {
  const rows = await database.read<{ id: string }>({
    text: 'select id from agreements tablesample bernoulli (5) repeatable (1) limit 2000',
  })
  return rows.map(({ id }) => id)
}

async function measureAll(url: string, database: Database, agreements: number, options: Options) {
  const env = {
    DATABASE_URL: url,
    ADMIN_KEY: key,
    PORT: '0',
    LOG_LEVEL: 'error',
    SEED: 'none',
    RATE_LIMIT: '0',
  }
  const service = ['dist/cli/main.js', 'serve']
  const cold = await start(service, { ...env, CACHE_MB: '0' })
  const hot = await start(service, env)
  const list = `${hot.origin}/v1/agreements?fields=id,title,kind,status,signedOn&sort=-signedOn&limit=25`
  const servers = {
    hot,
    cold,
    'by hand': await startSource('by-hand.ts', { DATABASE_URL: url }),
    bare: await startSource('bare.ts', { BENCH_SOURCE: list }),
  }
  try {
    // First, since they come from elsewhere and may fail.
    const peers = options.peers ? await comparePeers(url, cold, options) : []
    const wanted = casesFor(await idsFrom(database), key).filter(({ name }) => name.includes(options.only))
    const cases: Measured[] = []
    for (const one of wanted) cases.push(await measureCase(one, servers, options))
    const whole = options.only === ''
    const depths = whole ? await measureDepths(cold.origin, Math.floor(agreements * 0.9)) : undefined
    const transfers = whole
      ? {
          rows: agreements,
          service: await transfer(cold, '/v1/agreements?format=csv'),
          copy: await transfer(servers['by hand'], '/copy'),
        }
      : undefined
    return { agreements, cases, depths, transfers, peers }
  } finally {
    for (const server of Object.values(servers)) await server.close()
  }
}

const options = readOptions()
const embedded = options.database ? undefined : await openEmbeddedDatabase('.data-bench')
const url = options.database ?? embedded?.url ?? ''
const database = openPool(url, generousOptions)
try {
  const agreements = await fill(database, options.agreements)
  const results = await measureAll(url, database, agreements, options)
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version }
  await writeFile(options.json, `${JSON.stringify({ machine, options, ...results }, null, 2)}\n`)
  printCases(results.cases)
  printFloors(results)
  console.log(`\n${agreements} agreements, ${machine.cpus} processors; all figures in ${options.json}`)
} finally {
  await database.close()
  await embedded?.close()
}
