import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { median } from './deep.ts'
import { type Figures, measure, type Request } from './load.ts'
import type { Options } from './options.ts'
import { type Server, startWith } from './servers.ts'

/** Another API server over the same database, beside the service without its cache. */
export interface Peer {
  name: string
  figures: Figures
  /** The service's answers in a second by the peer's, the middle of the rounds. */
  ratio: number
  /** What the ratio must reach. */
  least: number
}

interface Competitor {
  name: string
  least: number
  /** How it is started, given the folder that it is installed in and the database. */
  args: (folder: string, url: string) => string[]
  question: string
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

const competitors: Competitor[] = [
  {
    name: 'Platformatic DB',
    least: 2,
    args: (folder) => [join(folder, 'platformatic.mjs')],
    question: `{ agreements(limit: 25, orderBy: [{ field: id, direction: ASC }]) {
      id title kind level status signedOn inForceFrom expiresOn renewal place summary languages version createdAt
      participations { role position contribution signatory country { code } organization { id } } } }`,
  },
  {
    name: 'PostGraphile',
    least: 3,
    args: (folder, url) => [
      join(folder, 'node_modules/.bin/postgraphile'),
      ...['-P', 'postgraphile/presets/amber', '-c', url, '-s', 'public', '-n', '127.0.0.1', '-p', '5999'],
    ],
    question: `{ allAgreements(first: 25, orderBy: PRIMARY_KEY_ASC) { nodes {
      id title kind level status signedOn inForceFrom expiresOn renewal place summary languages version createdAt
      participationsByAgreementId { nodes { role position contribution signatory country organization } } } } }`,
  },
]

const asked = (query: string): Request => ({
  method: 'POST',
  path: () => '/graphql',
  body: () => JSON.stringify({ query }),
  headers: { 'content-type': 'application/json' },
})

/** Installs them into a folder of their own, with the Node.js that they need. @returns the folder. */
async function install(): Promise<string> {
  const folder = join(tmpdir(), 'entente-bench-peers')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true }))
  await writeFile(join(folder, 'platformatic.mjs'), platformatic)
  const packages = ['node@24', '@platformatic/db@3.67.0', 'postgraphile@5.1.5']
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd: folder })
  return folder
}

async function compare(
  competitor: Competitor,
  folder: string,
  url: string,
  service: Server,
  options: Options,
): Promise<Peer> {
  const node = join(folder, 'node_modules/.bin/node')
  const peer = await startWith(node, competitor.args(folder, url), { DATABASE_URL: url }, folder)
  const own: Request = { method: 'GET', path: () => '/v1/agreements?sort=id&limit=25' }
  const rounds: { figures: Figures; ratio: number }[] = []
  try {
    for (let round = 0; round <= options.rounds; round++) {
      const figures = await measure(peer, asked(competitor.question), options)
      const { perSecond } = await measure(service, own, options)
      if (round > 0) rounds.push({ figures, ratio: perSecond / figures.perSecond })
    }
  } finally {
    await peer.close()
  }
  const ratio = median(rounds.map((round) => round.ratio))
  const found = rounds.find((round) => round.ratio === ratio)
  if (!found) throw new Error('nothing was measured')
  return { name: competitor.name, least: competitor.least, ...found }
}

/**
 * Compares a cold list of 25 whole agreements with what other servers answer over the same tables: fewer columns,
 * and of what belongs to an agreement its participants alone.
 */
export async function comparePeers(url: string, service: Server, options: Options): Promise<Peer[]> {
  const folder = await install()
  const peers: Peer[] = []
  for (const competitor of competitors) peers.push(await compare(competitor, folder, url, service, options))
  return peers
}
