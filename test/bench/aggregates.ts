import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { withClient } from '../support/with-client.ts'
import { fetchText } from './fetch-text.ts'
import { median } from './median.ts'
import type { Options } from './options.ts'
import type { BoundedFigure } from './tables.ts'

/**
 * Case `aggregates`: the duration of an aggregate in the service without its cache, divided by that of DuckDB for the same
 * rows in its own tables. DuckDB is installed into a separate folder, since it takes 70 MB.
 */

const run = promisify(execFile)

interface ComparedAggregate {
  what: string
  path: string
  sql: string
  /** Maximum ratio of the service's duration to DuckDB's. */
  max: number
}

const byYear = (
  where: string,
) => `select country, year, count(*) from participations join agreements using (id)
  ${where} group by all`

const comparedAggregates: ComparedAggregate[] = [
  {
    what: 'country and year',
    path: 'groupBy=country,signedYear&sort=-count&limit=100',
    sql: byYear(''),
    max: 4,
  },
  {
    what: 'country and year, with a filter that two thirds of the agreements match',
    path: 'signedOn[gte]=1985&groupBy=country,signedYear&sort=-count&limit=100',
    sql: byYear('where year >= 1985'),
    max: 4,
  },
  { what: 'kind', path: 'groupBy=kind', sql: 'select kind, count(*) from agreements group by all', max: 20 },
]

/** Queries for the rows that an aggregate reads: agreements, and the countries that take part, also through organizations. */
const tables = {
  agreements: `select id, kind, extract(year from signed_on_earliest)::int as year from agreements`,
  participations: `select distinct record as id, coalesce(participations.country, organizations.country) as country
    from participations left join organizations on organizations.id = participations.organization
    where resource = 'agreements' and coalesce(participations.country, organizations.country) is not null`,
}

/** Runs each statement `rounds` times after a warm-up, and prints all durations in milliseconds as JSON. */
const program = `
import { DuckDBInstance } from '@duckdb/node-api'
const { tables, statements, rounds } = JSON.parse(process.argv[2])
const connection = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect()
for (const table of tables) await connection.run(\`create table \${table} as from read_csv('\${table}.csv', header = true)\`)
const times = []
for (const statement of statements) {
  const measured = []
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now()
    await (await connection.runAndReadAll(statement)).getRows()
    if (round > 0) measured.push(performance.now() - start)
  }
  times.push(measured)
}
console.log(JSON.stringify(times))
`

async function copyTable(client: pg.Client, text: string, file: string): Promise<void> {
  const rows = client.query(copyTo(`copy (${text}) to stdout (format csv, header)`))
  await pipeline(rows, createWriteStream(file))
}

/** The median duration of each statement in DuckDB, in milliseconds. */
async function measureDuckDb(url: string, rounds: number): Promise<number[]> {
  const folder = join(tmpdir(), 'entente-bench-duckdb')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true }))
  await writeFile(join(folder, 'measure.mjs'), program)
  await run('npm', ['install', '--no-audit', '--no-fund', '@duckdb/node-api@1.5.6-r.1'], { cwd: folder })
  await withClient(url, async (client) => {
    for (const [name, text] of Object.entries(tables))
      await copyTable(client, text, join(folder, `${name}.csv`))
  })
  const statements = comparedAggregates.map(({ sql }) => sql)
  const task = JSON.stringify({ tables: Object.keys(tables), statements, rounds })
  const { stdout } = await run(process.execPath, ['measure.mjs', task], { cwd: folder })
  // `program` prints the durations of each statement.
  return (JSON.parse(stdout) as number[][]).map(median)
}

/** The median duration of an aggregate of the service, in milliseconds. @throws when a response has an error status. */
async function measureService(origin: string, path: string, rounds: number): Promise<number> {
  const times: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now()
    await fetchText(`${origin}/v1/agreements/aggregate?${path}`)
    if (round > 0) times.push(performance.now() - start)
  }
  return median(times)
}

/**
 * Compares aggregates of the service with those of DuckDB.
 * @param url URL of the service's database.
 * @param origin origin of the service without its cache.
 * @returns the median duration of each aggregate in the service, divided by that in DuckDB.
 * @throws when DuckDB cannot be installed or run, or the service refuses a request.
 */
export async function measureAggregates(
  url: string,
  origin: string,
  options: Options,
): Promise<BoundedFigure[]> {
  const duckDb = await measureDuckDb(url, options.rounds)
  const ratios: BoundedFigure[] = []
  for (const [index, { what, path, max }] of comparedAggregates.entries()) {
    const service = await measureService(origin, path, options.rounds)
    console.log(`aggregate by ${what}: ${service.toFixed(1)} ms, DuckDB ${duckDb[index]?.toFixed(1)} ms`)
    ratios.push({
      what: `duration of an aggregate by ${what} / DuckDB`,
      measured: service / (duckDb[index] ?? Number.NaN),
      max,
    })
  }
  return ratios
}
