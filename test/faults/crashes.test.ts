import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Change, readFeed } from './feed.ts'
import { type FragilePostgres, openFragilePostgres } from './postgres.ts'
import { openService, type Service, until } from './service.ts'
import { type Acknowledged, markOf, Writer } from './writers.ts'

/** Processes that are killed while many write. */

const writes = 20_000
const clients = 24

let postgres: FragilePostgres
beforeAll(async () => {
  postgres = await openFragilePostgres()
})
afterAll(() => postgres.close())

/** Runs each step when its share of the writes is done: steps are spread evenly. */
async function spread(steps: (() => Promise<void>)[], done: () => number): Promise<void> {
  for (const [at, step] of steps.entries()) {
    await until(() => done() >= ((at + 1) * writes) / (steps.length + 1), 600_000)
    await step()
  }
}

const restart = (one: Pick<Service | FragilePostgres, 'kill' | 'start'>) => async () => {
  await one.kill()
  await one.start()
}

const named = ({ key, version }: Pick<Change, 'key' | 'version'>) => `${key} ${version}`

/** Those of which there is more than one. */
function repeated(names: string[]): string[] {
  const seen = new Set<string>()
  return names.filter((name) => seen.size === seen.add(name).size)
}

/** What was acknowledged and is not in the feed as it was done. */
function lost(acknowledged: Acknowledged[], feed: Change[]): Acknowledged[] {
  const told = new Map(feed.map((change) => [named(change), change]))
  return acknowledged.filter((write) => {
    const change = told.get(named(write))
    if (change?.operation !== write.operation) return true
    return write.operation !== 'remove' && markOf(change.document) !== write.mark
  })
}

/** What the feed leaves of each record that is still there, by its key: its version and its mark. */
function replayed(feed: Change[]): Map<string, string> {
  const state = new Map<string, string>()
  for (const { key, operation, version, document } of feed) {
    if (operation === 'remove') state.delete(key)
    else state.set(key, `${version} ${markOf(document)}`)
  }
  return state
}

/** The records that the registry has now, by their keys, as `replayed` has them. */
async function present(origin: string): Promise<Map<string, string>> {
  const text = await (await fetch(`${origin}/v1/agreements/export?format=ndjson`)).text()
  const records = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  return new Map(records.map((record) => [record.id, `${record.version} ${markOf(record)}`]))
}

it('every acknowledged write is there once, with its revision, whatever is killed meanwhile', async ({
  task,
}) => {
  const one = await openService(postgres.url, { SEED: 'reference' })
  const other = await openService(postgres.url)
  const origins = [one.origin, other.origin]
  const stopping = new AbortController()
  const writers = Array.from(
    { length: clients },
    (_, at) => new Writer(`writer-${at}`, origins, stopping.signal),
  )
  const done = () => writers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0)
  const kills = [one, postgres, other, one, postgres, other, postgres, one].map(restart)
  const work = async (writer: Writer) => {
    while (done() < writes) await writer.write()
  }
  // When one has seen what it must not, the others give up.
  await Promise.all([spread(kills, done), ...writers.map(work)]).finally(() => stopping.abort())

  const acknowledged = writers.flatMap((writer) => writer.acknowledged)
  const feed = await readFeed(one.origin, 'agreements')
  const sum = (what: keyof Writer['trouble']) =>
    writers.reduce((total, { trouble }) => total + trouble[what], 0)
  task.meta.figures = {
    'acknowledged writes': acknowledged.length,
    'changes in the feed': feed.length,
    'answers cut': sum('cut'),
    'answers 503': sum('unavailable'),
    'creations answered again': sum('replayed'),
  }
  expect(lost(acknowledged, feed)).toEqual([])
  // Nobody gives up before a write is acknowledged, so that there is nothing else.
  expect(feed.length).toBe(acknowledged.length)
  expect(repeated(feed.map(named))).toEqual([])
  const creations = feed.filter(({ operation }) => operation === 'create')
  expect(repeated(creations.map(({ document }) => markOf(document)))).toEqual([])
  expect(await present(other.origin)).toEqual(replayed(feed))
  expect(await readFeed(other.origin, 'agreements')).toEqual(feed)
})
