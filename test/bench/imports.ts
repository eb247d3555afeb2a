import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { from as copyFrom } from 'pg-copy-streams'
import { databaseUrl } from '../support/database-url.ts'
import { withClient } from '../support/with-client.ts'
import { fetchText } from './fetch-text.ts'
import { readMemoryMb, type Server, startNode } from './servers.ts'
import type { BoundedFigure } from './tables.ts'

/**
 * Case `imports`: an import from CSV of agreements with two parties each. It is compared with `entente generate`, with
 * `POST …/bulk`, and with `COPY` of the same rows into a table without indexes. Except for `COPY`, each runs in a new database.
 */

/** Arguments of Node.js that run the command line of the service, such as `--import tsx src/cli/main.ts`: by default the built program. */
const program = process.env.BENCH_PROGRAM?.split(' ') ?? ['dist/cli/main.js']

/** Number of rows that are sent to `/bulk`: enough to measure its speed. */
const bulkRows = 10_000
const bulkSize = 1000

const countryNames = [
  'China',
  'Pakistan',
  'Germany',
  'France',
  'Brazil',
  'India',
  'Kenya',
  'Egypt',
  'Japan',
  'Chile',
  'Italy',
]
const countryCodes = ['CHN', 'PAK', 'DEU', 'FRA', 'BRA', 'IND', 'KEN', 'EGY', 'JPN', 'CHL', 'ITA']

const mapping = `
scheme: bench-treaties
rows: {format: csv}
records:
  agreements:
    id: Id
    properties:
      title: Title
      kind: =treaty
      status: =signed
      signedOn: Signed
      summary: Summary
      parties:
        - {country: PartyA, role: =party}
        - {country: PartyB, role: =party}
`

const partiesOf = (index: number) =>
  [index % countryNames.length, (index + 1 + (index % 3)) % countryNames.length] as const

const titleOf = (index: number) => {
  const [first, second] = partiesOf(index)
  return `Agreement between ${countryNames[first]} and ${countryNames[second]} on matter no. ${index}`
}

const dayOf = (index: number) =>
  `${1950 + (index % 70)}-${String(1 + (index % 12)).padStart(2, '0')}-${String(1 + (index % 28)).padStart(2, '0')}`

const summaryOf = (index: number) =>
  `Cooperation of laboratories, exchange of researchers and of data; item ${index}.`

function* linesOf(rows: number): Generator<string> {
  yield 'Id,Title,Signed,PartyA,PartyB,Summary\n'
  for (let index = 0; index < rows; index += 1) {
    const [first, second] = partiesOf(index)
    yield `T${index},"${titleOf(index)}",${dayOf(index)},${countryNames[first]},${countryNames[second]},"${summaryOf(index)}"\n`
  }
}

/** Runs a command of the service. @returns its duration in seconds, and its peak memory in MB. */
async function runTimed(args: string[], url: string): Promise<{ seconds: number; memoryMb: number }> {
  const env = { ...process.env, DATABASE_URL: url, SEED: 'reference', LOG_LEVEL: 'error' }
  const started = performance.now()
  const child = spawn(process.execPath, [...program, ...args], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  let memoryMb = 0
  const ended = once(child, 'exit')
  while (child.exitCode === null && child.signalCode === null) {
    const found = await readMemoryMb(child.pid ?? 0)
    if (found > memoryMb) memoryMb = found
    await Promise.race([ended, sleep(50)])
  }
  if (child.exitCode !== 0) throw new Error(`${args.join(' ')} ended with ${child.exitCode}`)
  return { seconds: (performance.now() - started) / 1000, memoryMb }
}

/** Runs `work` on a new database with reference data. */
async function onNewDatabase<T>(server: string, work: (url: string) => Promise<T>): Promise<T> {
  const name = 'entente_bench_imports'
  return await withClient(server, async (client) => {
    await client.query(`drop database if exists ${name} with (force)`)
    await client.query(`create database ${name}`)
    try {
      const url = databaseUrl(server, name)
      await runTimed(['seed', 'reference'], url)
      return await work(url)
    } finally {
      await client.query(`drop database ${name} with (force)`)
    }
  })
}

/** Copies the same rows into a table without constraints and indexes. @returns the seconds of `COPY`. */
async function copyBare(server: string, file: string): Promise<number> {
  return await withClient(server, async (client) => {
    await client.query(
      'create temporary table bare (id text, title text, signed text, party_a text, party_b text, summary text)',
    )
    const started = performance.now()
    await pipeline(
      createReadStream(file),
      client.query(copyFrom('copy bare from stdin with (format csv, header)')),
    )
    return (performance.now() - started) / 1000
  })
}

const operation = (index: number) => ({
  op: 'upsert',
  externalId: { scheme: 'bench-bulk', id: `T${index}` },
  document: {
    title: titleOf(index),
    kind: 'treaty',
    status: 'signed',
    signedOn: dayOf(index),
    summary: summaryOf(index),
    parties: partiesOf(index).map((country) => ({ country: countryCodes[country], role: 'party' })),
    externalIds: [{ scheme: 'bench-bulk', id: `T${index}` }],
  },
})

async function sendBulk({ origin }: Server, key: string, from: number): Promise<void> {
  const operations = Array.from({ length: bulkSize }, (_, index) => operation(from + index))
  await fetchText(`${origin}/v1/agreements/bulk`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ operations }),
  })
}

/** Rows per second of `POST …/bulk`, one request after the other. */
async function measureBulk(url: string, key: string): Promise<number> {
  const env = {
    DATABASE_URL: url,
    ADMIN_KEY: key,
    PORT: '0',
    LOG_LEVEL: 'error',
    SEED: 'none',
    RATE_LIMIT: '0',
  }
  const service = await startNode([...program, 'serve'], env)
  try {
    await sendBulk(service, key, 0)
    const started = performance.now()
    for (let from = bulkSize; from < bulkRows; from += bulkSize) await sendBulk(service, key, from)
    return (bulkRows - bulkSize) / ((performance.now() - started) / 1000)
  } finally {
    await service.close()
  }
}

/**
 * Measures imports.
 * @param server URL of a database whose user may create databases.
 * @param rows number of rows of the imported file.
 * @returns the speed of an import divided by that of `COPY`, of `generate` and of bulk requests; the speed of a second import
 * divided by that of the first; and the memory of a dry run.
 * @throws when a command or a request fails.
 */
export async function measureImports(server: string, key: string, rows: number): Promise<BoundedFigure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'entente-bench-'))
  const file = join(folder, 'agreements.csv')
  const mappingFile = join(folder, 'agreements.yaml')
  try {
    await pipeline(Readable.from(linesOf(rows)), createWriteStream(file))
    await writeFile(mappingFile, mapping)
    const copySeconds = await copyBare(server, file)
    const generated = await onNewDatabase(server, (url) =>
      runTimed(['generate', '--agreements', String(rows), '--seed', '1'], url),
    )
    const bulkSpeed = await onNewDatabase(server, (url) => measureBulk(url, key))
    const [dryRun, first, second] = await onNewDatabase(server, async (url) => [
      await runTimed(['import', mappingFile, file, '--dry-run'], url),
      await runTimed(['import', mappingFile, file, '--yes'], url),
      await runTimed(['import', mappingFile, file, '--yes'], url),
    ])
    console.log(
      `imports of ${rows} rows: COPY ${copySeconds.toFixed(1)} s, generate ${generated.seconds.toFixed(1)} s, /bulk ${bulkSpeed.toFixed(0)} rows/s, dry run ${dryRun?.seconds.toFixed(1)} s, import ${first?.seconds.toFixed(1)} s, again ${second?.seconds.toFixed(1)} s`,
    )
    const seconds = first?.seconds ?? Number.NaN
    return [
      {
        what: `speed of an import of ${rows} rows / COPY into a table without indexes`,
        measured: copySeconds / seconds,
      },
      {
        what: `speed of an import of ${rows} rows / generate`,
        measured: generated.seconds / seconds,
        min: 0.5,
      },
      {
        what: 'speed of an import / bulk requests, both in rows per second',
        measured: rows / seconds / bulkSpeed,
        min: 3,
      },
      {
        what: 'speed of a second import of the same file / first import',
        measured: seconds / (second?.seconds ?? Number.NaN),
        min: 3,
      },
      { what: 'memory of the dry run, MB', measured: dryRun?.memoryMb ?? Number.NaN, max: 300 },
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
