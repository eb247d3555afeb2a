import type { Change } from './feed.ts'
import { type Acknowledged, markOf } from './writers.ts'

/** What is wrong with the feed of changes, compared with the writes that clients were told of. */
export interface Audit {
  /** Writes that were acknowledged and are not in the feed as they were done. */
  lost: Acknowledged[]
  /** Versions of records that are in the feed more than once. */
  repeated: string[]
  /** Marks that more than one creation has: a request that was done twice. */
  twins: string[]
  /** Versions of records that come before an older version. */
  disordered: string[]
  /** Changes in the feed beyond those that were acknowledged, where every client asks until it knows. */
  unknown: number
}

/** An audit of which everything holds. */
export const flawless: Audit = { lost: [], repeated: [], twins: [], disordered: [], unknown: 0 }

const named = ({ key, version }: Pick<Change, 'key' | 'version'>) => `${key} ${version}`

/** Those of which there is more than one. */
function repeated(names: string[]): string[] {
  const seen = new Set<string>()
  return names.filter((name) => seen.size === seen.add(name).size)
}

function lost(acknowledged: Acknowledged[], feed: Change[]): Acknowledged[] {
  const told = new Map(feed.map((change) => [named(change), change]))
  return acknowledged.filter((write) => {
    const change = told.get(named(write))
    if (change?.operation !== write.operation) return true
    return write.operation !== 'remove' && markOf(change.document) !== write.mark
  })
}

function disordered(feed: Change[]): string[] {
  const last = new Map<string, number>()
  return feed
    .filter(({ key, version }) => {
      const previous = last.get(key) ?? 0
      last.set(key, version)
      return version !== previous + 1
    })
    .map(named)
}

/** Compares the whole feed with what all clients together were told. */
export function audit(acknowledged: Acknowledged[], feed: Change[]): Audit {
  const creations = feed.filter(({ operation }) => operation === 'create')
  return {
    lost: lost(acknowledged, feed),
    repeated: repeated(feed.map(named)),
    twins: repeated(creations.map(({ document }) => markOf(document))),
    disordered: disordered(feed),
    unknown: feed.length - acknowledged.length,
  }
}

/** What the feed leaves of each record that is still there, by its key: its version and its mark. */
export function replayed(feed: Change[]): Map<string, string> {
  const state = new Map<string, string>()
  for (const { key, operation, version, document } of feed) {
    if (operation === 'remove') state.delete(key)
    else state.set(key, `${version} ${markOf(document)}`)
  }
  return state
}

/** The agreements of writers that the registry has now, by their keys, as `replayed` has them. */
export async function present(origin: string): Promise<Map<string, string>> {
  const text = await (await fetch(`${origin}/v1/agreements/export?format=ndjson`)).text()
  const records = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .filter(({ title }) => title.startsWith('writer-'))
  return new Map(records.map((record) => [record.id, `${record.version} ${markOf(record)}`]))
}
