import { parseArgs } from 'node:util'
import { fetchText } from './fetch-text.ts'
import { median } from './median.ts'
import { adminKey, countAgreements, openUncached, sampleIds } from './registry.ts'
import { listQueryString, newAgreement, wideQueryString } from './requests.ts'

/**
 * Compares the durations of requests in a large registry with those in a small one. Both are measured alternately, so that
 * other load on the machine affects both. Each request returns or changes the same number of records in both.
 */

/** A word that occurs only in the `wordMatches` agreements that this benchmark adds to each registry. */
const word = 'zephyrine'
const wordMatches = 50

/** Number of rows that are read from an export before the connection is closed. */
const exportedRows = 10_000

const maxRatio = 1.3

interface Registry {
  origin: string
  agreements: number
  /** Ids of agreements whose rows are in scattered places of the table. */
  ids: string[]
  /** Ids of the agreements with the word. */
  wordIds: string[]
}

const headers = { authorization: `Bearer ${adminKey}`, 'cache-control': 'no-cache' }

const send = (url: string, init: RequestInit = {}): Promise<string> =>
  fetchText(url, { ...init, headers: { ...headers, ...init.headers } })

/** The end of the added agreements. No generated agreement expires this late, so a filter by it finds only the added ones. */
const lateYear = '2199'

/** Creates the agreements with the word, and adds their ids to `ids`. */
async function addWordAgreements(origin: string, ids: string[]): Promise<void> {
  for (let number = 0; number < wordMatches; number += 1) {
    const body = JSON.stringify({
      ...JSON.parse(newAgreement(number)),
      title: `A ${word} agreement, no. ${number}`,
      expiresOn: lateYear,
    })
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } }
    ids.push(JSON.parse(await send(`${origin}/v1/agreements`, init)).id)
  }
}

async function removeWordAgreements({ origin, wordIds }: Registry): Promise<void> {
  for (const id of wordIds)
    await send(`${origin}/v1/agreements/${id}`, { method: 'DELETE', headers: { 'if-match': '*' } })
}

/** Reads the first rows of the export of all agreements. */
async function readExport({ origin }: Registry): Promise<void> {
  const response = await fetch(`${origin}/v1/agreements/export?format=csv`, { headers })
  if (!response.ok || !response.body) throw new Error(`export: ${response.status}`)
  let rows = 0
  for await (const chunk of response.body) {
    for (const byte of chunk) if (byte === 10) rows += 1
    if (rows >= exportedRows) return
  }
}

/** A measured request. `rounds` says how often it is measured; `number` is different in each round. */
interface Case {
  what: string
  rounds: number
  run(registry: Registry, number: number): Promise<unknown>
}

const list =
  (search: string): Case['run'] =>
  ({ origin }) =>
    send(`${origin}/v1/agreements?${search}`)

const cases: Case[] = [
  {
    what: 'read by key',
    rounds: 400,
    // 7919 is a prime, so successive rounds read ids that are far apart.
    run: ({ origin, ids }, number) => send(`${origin}/v1/agreements/${ids[(number * 7919) % ids.length]}`),
  },
  { what: 'list of 25 with five properties', rounds: 400, run: list(listQueryString) },
  { what: 'list of 25 whole agreements', rounds: 300, run: list(wideQueryString) },
  {
    what: `list by a filter with ${wordMatches} matches`,
    rounds: 300,
    run: list(`expiresOn[gte]=${lateYear}&limit=25`),
  },
  { what: `search for a word with ${wordMatches} matches`, rounds: 300, run: list(`q=${word}&limit=25`) },
  {
    what: 'change',
    rounds: 200,
    run: ({ origin, wordIds }, number) =>
      send(`${origin}/v1/agreements/${wordIds[number % wordIds.length]}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/merge-patch+json', 'if-match': '*' },
        body: JSON.stringify({ summary: `Changed for the ${number}th time.` }),
      }),
  },
  { what: `first ${exportedRows.toLocaleString('en')} rows of an export`, rounds: 7, run: readExport },
]

/** The median duration of a case in each registry, in milliseconds. */
interface Measured {
  what: string
  small: number
  large: number
}

async function measure(
  { what, rounds, run }: Case,
  smallRegistry: Registry,
  largeRegistry: Registry,
): Promise<Measured> {
  const times: [number[], number[]] = [[], []]
  const warmUp = rounds
  for (let round = 0; round < warmUp + rounds; round += 1) {
    for (const [index, registry] of [smallRegistry, largeRegistry].entries()) {
      const startedAt = performance.now()
      await run(registry, round)
      // The first half warms up caches and the JIT compiler, and does not count.
      if (round >= warmUp) times[index]?.push(performance.now() - startedAt)
    }
  }
  const [small, large] = times.map(median)
  return { what, small: small ?? Number.NaN, large: large ?? Number.NaN }
}

const { values } = parseArgs({
  options: {
    // The large registry. The default folder is that of `npm run bench`.
    agreements: { type: 'string', default: '1000000' },
    folder: { type: 'string', default: '.data-bench' },
    // The small registry.
    against: { type: 'string', default: '10000' },
    'against-folder': { type: 'string', default: '.data-bench-small' },
  },
})

/** Opens a registry, adds the agreements with the word, runs `use` with the registry, and removes these agreements. */
async function withRegistry(folder: string, agreements: number, use: (registry: Registry) => Promise<void>) {
  const { cold: service } = await openUncached(undefined, agreements, folder)
  const { origin } = service
  try {
    const counted = await countAgreements(origin)
    const registry: Registry = { origin, agreements: counted, ids: await sampleIds(origin), wordIds: [] }
    try {
      await addWordAgreements(origin, registry.wordIds)
      await use(registry)
    } finally {
      await removeWordAgreements(registry)
    }
  } finally {
    await service.close()
  }
}

async function measureAll(smallRegistry: Registry, largeRegistry: Registry): Promise<void> {
  const rows: Measured[] = []
  for (const measuredCase of cases) rows.push(await measure(measuredCase, smallRegistry, largeRegistry))
  const [small, large] = [smallRegistry, largeRegistry].map(({ agreements }) =>
    agreements.toLocaleString('en'),
  )
  console.table(
    rows.map((row) => ({
      what: row.what,
      [`p50 ms, ${small}`]: Number(row.small.toFixed(2)),
      [`p50 ms, ${large}`]: Number(row.large.toFixed(2)),
      ratio: Number((row.large / row.small).toFixed(2)),
    })),
  )
  const above = rows.filter((row) => row.large / row.small > maxRatio)
  if (above.length === 0) return
  console.log(`ratio above ${maxRatio}: ${above.map(({ what }) => what).join(', ')}`)
  process.exitCode = 1
}

await withRegistry(values['against-folder'], Number(values.against), (smallRegistry) =>
  withRegistry(values.folder, Number(values.agreements), (largeRegistry) =>
    measureAll(smallRegistry, largeRegistry),
  ),
)
