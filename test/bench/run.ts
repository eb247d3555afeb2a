import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { measureAggregates } from './aggregates.ts'
import { createByHandDatabase } from './by-hand/fill.ts'
import { type Case, casesFor, type ServerName } from './cases.ts'
import { measureDepths } from './deep.ts'
import { measureImports } from './imports.ts'
import { measureLimits } from './limits.ts'
import { type Measurement, measure, warmUpSeconds } from './load.ts'
import { median } from './median.ts'
import { measureMixed } from './mixed.ts'
import { type Options, readOptions } from './options.ts'
import { measureChanged, measureGrown } from './past.ts'
import { comparePeers } from './peers.ts'
import { adminKey, openRegistry, type Registry, sampleIds } from './registry.ts'
import { listQueryString } from './requests.ts'
import { requireSameContent } from './same-content.ts'
import { type Server, startSource } from './servers.ts'
import { measureSize } from './size.ts'
import { type BoundedFigure, type CaseResult, printCases, printFigures, type Results } from './tables.ts'
import { transfer } from './transfer.ts'

/** Compares the service with other servers in one run, on the same data and machine. */

type Servers = Partial<Record<ServerName, Server>> & Record<'cold' | 'by hand', Server>

const isCached = ({ requests }: Case): boolean => requests.cached !== undefined

/** The round with the median number of requests per second. */
function medianRound(rounds: Measurement[]): Measurement {
  const wanted = median(rounds.map(({ perSecond }) => perSecond))
  const found = rounds.find(({ perSecond }) => perSecond === wanted)
  if (!found) throw new Error('nothing was measured')
  return found
}

/** Measures one case on each of its servers alternately, so that other load on the machine affects all servers. */
async function measureCase(measured: Case, servers: Servers, options: Options): Promise<CaseResult> {
  const { seconds, rounds } = options
  const { name, title, requests, amount, connections = options.connections } = measured
  const results = new Map<ServerName, Measurement[]>()
  await requireSameContent(measured, servers.cold, servers['by hand'])
  // Round 0 warms up caches and the JIT compiler, and does not count.
  for (let round = 0; round <= rounds; round++) {
    for (const [key, request] of Object.entries(requests)) {
      // The keys of `requests` are of type `ServerName`.
      const server = key as ServerName
      const target = servers[server]
      if (!target) throw new Error(`the case ${name} needs the server "${server}", which is not running`)
      const measurement = await measure(target, request, {
        seconds: round === 0 ? warmUpSeconds : seconds,
        connections,
        ...(amount !== undefined && { amount }),
      })
      if (round > 0) results.set(server, [...(results.get(server) ?? []), measurement])
    }
  }
  const medians = [...results].map(([server, list]) => [server, medianRound(list)] as const)
  const speeds = [...results].map(
    ([server, list]) => [server, list.map(({ perSecond }) => perSecond)] as const,
  )
  return { name, title, servers: Object.fromEntries(medians), rounds: Object.fromEntries(speeds) }
}

/**
 * Downloads all agreements as CSV from the service, without names beside codes and with them, and from the hand-written server,
 * which uses COPY and has no names.
 */
async function measureTransfers(rows: number, servers: Servers) {
  const path = '/v1/agreements/export?format=csv'
  const service = await transfer(servers.cold, `${path}&names=false`)
  const withNames = await transfer(servers.cold, path)
  return { rows, service, withNames, copy: await transfer(servers['by hand'], '/copy') }
}

async function measureAll(registry: Registry, options: Options): Promise<Results> {
  const { url, cold, agreements } = registry
  const runs = (name: string) => options.only.length === 0 || options.only.includes(name)
  const started = performance.now()
  const byHandUrl = await createByHandDatabase(url, cold.origin)
  console.log(
    `filled the database of the hand-written server in ${Math.round((performance.now() - started) / 1000)} s`,
  )
  const bare = await startSource('bare.ts', {
    BENCH_SOURCE: `${cold.origin}/v1/agreements?${listQueryString}`,
  })
  const byHand = await startSource('by-hand/server.ts', { DATABASE_URL: byHandUrl })
  const servers = { cold, bare, 'by hand': byHand }
  try {
    const others: BoundedFigure[] = runs('size') ? await measureSize(url, cold.origin, byHandUrl) : []
    // Runs before the long cases, since the download of the peers may fail.
    const peers = options.peers ? await comparePeers(byHandUrl, cold, options) : []
    const wanted = casesFor(await sampleIds(cold.origin), adminKey).filter(({ name }) => runs(name))
    const cases: CaseResult[] = []
    const cached = await registry.startCached()
    try {
      for (const measured of wanted.filter(isCached))
        cases.push(await measureCase(measured, { ...servers, cached }, options))
      if (runs('mixed')) others.push(...(await measureMixed(cached, adminKey, options)))
    } finally {
      // PostgreSQL would notify this process of each commit, whereas no process listens for commits of the server by hand.
      await cached.close()
    }
    for (const measured of wanted.filter((each) => !isCached(each)))
      cases.push(await measureCase(measured, servers, options))
    if (runs('changed')) others.push(...(await measureChanged(cold.origin, adminKey, agreements, options)))
    if (runs('grown')) others.push(...(await measureGrown(cold.origin, options)))
    if (runs('aggregates')) others.push(...(await measureAggregates(url, cold.origin, options)))
    if (runs('imports')) others.push(...(await measureImports(url, adminKey, agreements)))
    if (runs('limits')) others.push(...(await measureLimits(cold.origin, adminKey)))
    const depths = runs('depth') ? await measureDepths(cold.origin, Math.floor(agreements * 0.9)) : undefined
    const transfers = runs('export') ? await measureTransfers(agreements, servers) : undefined
    return { agreements, cases, depths, transfers, peers, others }
  } finally {
    await bare.close()
    await byHand.close()
  }
}

const options = readOptions()
const registry = await openRegistry(options.database, options.agreements)
try {
  const results = await measureAll(registry, options)
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version }
  await writeFile(options.json, `${JSON.stringify({ machine, options, ...results }, null, 2)}\n`)
  printCases(results.cases)
  printFigures(results)
  console.log(
    `\n${results.agreements} agreements, ${machine.cpus} processors; all figures in ${options.json}`,
  )
} finally {
  await registry.close()
}
