import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Measurement, measure, type RequestTemplate, warmUpSeconds } from './load.ts'
import { median } from './median.ts'
import type { Options } from './options.ts'
import { type Server, startProgram } from './servers.ts'

/** Results of another API server, compared with the service without its cache. */
export interface PeerResult {
  name: string
  measurement: Measurement
  /** Requests per second of the service divided by those of the peer: the median of the rounds. */
  ratio: number
  /** Lower bound of the ratio. */
  min: number
}

/**
 * The compared queries. Each server gets them in its own syntax. In the database of the peers, `flat properties` reads only the
 * table of agreements, and `whole agreements` also reads the rows of agreements in other tables.
 */
type QueryName = 'flat properties' | 'whole agreements'

const flat =
  'title,kind,level,status,signedOn,provisionalFrom,inForceFrom,expiresOn,terminatedOn,renewal,place,occasion,summary,languages,version,createdAt,updatedAt'

/** The requests to the service for the first 25 agreements. */
const paths: Record<QueryName, string> = {
  'flat properties': `/v1/agreements?sort=id&limit=25&fields=id,${flat}`,
  'whole agreements': '/v1/agreements?sort=id&limit=25',
}

interface Peer {
  name: string
  /** Minimum ratios by query. */
  minRatios: Record<QueryName, number>
  /** File that is run, relative to the folder of installation. It reads `DATABASE_URL`. */
  program: string
  /** The queries in GraphQL. */
  queries: Record<QueryName, string>
}

const platformatic = `
import { create } from '@platformatic/db'
const service = await create(process.cwd(), {
  server: { hostname: '127.0.0.1', port: 0, logger: { level: 'error' } },
  db: { connectionString: process.env.DATABASE_URL, graphql: true, openapi: true, poolSize: 10 },
})
await service.init()
await service.start({ listen: true })
console.log(service.getUrl())
`

const postGraphile = `
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { makePgService } from 'postgraphile/adaptors/pg'
export default {
  extends: [PostGraphileAmberPreset],
  // With this plugin, PostGraphile offers no relation whose index is partial.
  disablePlugins: ['PgIndexBehaviorsPlugin'],
  pgServices: [makePgService({ connectionString: process.env.DATABASE_URL, schemas: ['public'] })],
  grafserv: { host: '127.0.0.1', port: 5999 },
}
`

const flatSelection = flat.replaceAll(',', ' ')

const platformaticQuery = (more: string) =>
  `{ agreements(limit: 25, orderBy: [{ field: id, direction: ASC }]) { id ${flatSelection} ${more} } }`

const postGraphileQuery = (more: string) =>
  `{ allAgreements(first: 25, orderBy: PRIMARY_KEY_ASC) { nodes { rowId ${flatSelection} ${more} } } }`

const peers: Peer[] = [
  {
    name: 'Platformatic DB',
    minRatios: { 'flat properties': 2, 'whole agreements': 2 },
    program: 'platformatic.mjs',
    queries: {
      'flat properties': platformaticQuery(''),
      // Platformatic shows no rows of tables whose primary key has two columns, so its responses are smaller.
      'whole agreements': platformaticQuery(`
        participations { country { code } organization { id } region { code } role contribution signatory }
        topicLinks { topic { slug } }`),
    },
  },
  {
    name: 'PostGraphile',
    minRatios: { 'flat properties': 2, 'whole agreements': 5 },
    program: 'node_modules/.bin/postgraphile',
    queries: {
      'flat properties': postGraphileQuery(''),
      'whole agreements': postGraphileQuery(`
        participationsByAgreementId { nodes { country organization region role contribution signatory
          participationActionsByParticipationId { nodes { kind date note } } } }
        agreementTermsByAgreementId { nodes { startsOn endsOn note } }
        agreementRelationsByAgreementId { nodes { kind relatedId } }
        agreementDocumentsByAgreementId { nodes { title url language } }
        topicLinksByAgreementId { nodes { topic } } externalIdsByAgreementId { nodes { scheme rowId } }`),
    },
  },
]

const graphqlRequest = (query: string): RequestTemplate => ({
  method: 'POST',
  path: () => '/graphql',
  body: () => JSON.stringify({ query }),
  headers: { 'content-type': 'application/json' },
})

/** Installs the peers into a separate folder, with the Node.js that they need. @returns the folder. */
async function install(): Promise<string> {
  const folder = join(tmpdir(), 'entente-bench-peers')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true }))
  await writeFile(join(folder, 'platformatic.mjs'), platformatic)
  await writeFile(join(folder, 'graphile.config.mjs'), postGraphile)
  const packages = ['node@24', '@platformatic/db@3.67.0', 'postgraphile@5.1.5']
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd: folder })
  return folder
}

/** @throws when the response does not have 25 agreements: GraphQL reports errors with status 200. */
async function requireFullPage(
  { origin }: Server,
  { path, body, headers = {} }: RequestTemplate,
): Promise<void> {
  const response = await fetch(origin + path(0), { method: 'POST', headers, body: body?.(0) ?? '' })
  const text = await response.text()
  if (text.includes('"errors"') || text.split('"updatedAt"').length !== 26)
    throw new Error(`not 25 agreements: ${text.slice(0, 500)}`)
}

/** Measures one query on both servers alternately. */
async function compareQuery(
  queryName: QueryName,
  { name, minRatios, queries }: Peer,
  server: Server,
  service: Server,
  options: Options,
): Promise<PeerResult> {
  const theirs = graphqlRequest(queries[queryName])
  const ours: RequestTemplate = { method: 'GET', path: () => paths[queryName] }
  await requireFullPage(server, theirs)
  const rounds: { measurement: Measurement; ratio: number }[] = []
  for (let round = 0; round <= options.rounds; round++) {
    // The first round warms up caches and the JIT compiler.
    const load = { ...options, seconds: round === 0 ? warmUpSeconds : options.seconds }
    const measurement = await measure(server, theirs, load)
    const { perSecond } = await measure(service, ours, load)
    if (round > 0) rounds.push({ measurement, ratio: perSecond / measurement.perSecond })
  }
  const ratio = median(rounds.map((round) => round.ratio))
  const found = rounds.find((round) => round.ratio === ratio)
  if (!found) throw new Error('nothing was measured')
  return { name: `${name}, ${queryName}`, min: minRatios[queryName], ...found }
}

async function compare(
  peer: Peer,
  folder: string,
  url: string,
  service: Server,
  options: Options,
): Promise<PeerResult[]> {
  const node = join(folder, 'node_modules/.bin/node')
  const server = await startProgram(node, [join(folder, peer.program)], { DATABASE_URL: url }, folder)
  try {
    const compared: PeerResult[] = []
    for (const queryName of ['flat properties', 'whole agreements'] as const)
      compared.push(await compareQuery(queryName, peer, server, service, options))
    return compared
  } finally {
    await server.close()
  }
}

/**
 * Compares cold lists of 25 agreements with those of other servers, which read the same columns and rows as far as they can.
 * @param url URL of the database of the hand-written server, which the other servers read.
 * @throws when the other servers cannot be installed or started, or a response does not have 25 agreements.
 */
export async function comparePeers(url: string, service: Server, options: Options): Promise<PeerResult[]> {
  const folder = await install()
  const results: PeerResult[] = []
  for (const peer of peers) results.push(...(await compare(peer, folder, url, service, options)))
  return results
}
