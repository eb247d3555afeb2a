import type { Change } from './feed.ts'
import { type AcknowledgedWrite, writeIdOf } from './writers.ts'

/** Differences between the feed of changes and the writes that the service acknowledged. */
export interface Audit {
  /** Acknowledged writes that are missing from the feed, or differ there. */
  lost: AcknowledgedWrite[]
  /** Versions of records that are in the feed more than once. */
  repeated: string[]
  /** Ids of writes that created two records. */
  duplicateCreations: string[]
  /** Versions of records that do not directly follow the previous version. */
  outOfOrder: string[]
  /**
   * Number of changes in the feed minus the number of acknowledged writes. In a correct feed it is 0, since clients retry until
   * they get a response.
   */
  unacknowledged: number
}

/** The audit of a correct feed. */
export const noFaults: Audit = {
  lost: [],
  repeated: [],
  duplicateCreations: [],
  outOfOrder: [],
  unacknowledged: 0,
}

const nameVersion = ({ key, version }: Pick<Change, 'key' | 'version'>) => `${key} ${version}`

/** Returns the second and later occurrences of names. */
function findDuplicates(names: string[]): string[] {
  const seen = new Set<string>()
  return names.filter((name) => seen.size === seen.add(name).size)
}

function findLost(acknowledged: AcknowledgedWrite[], feed: Change[]): AcknowledgedWrite[] {
  const changes = new Map(feed.map((change) => [nameVersion(change), change]))
  return acknowledged.filter((write) => {
    const change = changes.get(nameVersion(write))
    if (change?.operation !== write.operation) return true
    return write.operation !== 'remove' && writeIdOf(change.document) !== write.writeId
  })
}

function findOutOfOrder(feed: Change[]): string[] {
  const last = new Map<string, number>()
  return feed
    .filter(({ key, version }) => {
      const previous = last.get(key) ?? 0
      last.set(key, version)
      return version !== previous + 1
    })
    .map(nameVersion)
}

/** Compares the feed of all writes with the acknowledged writes of all clients. */
export function audit(acknowledged: AcknowledgedWrite[], feed: Change[]): Audit {
  const creations = feed.filter(({ operation }) => operation === 'create')
  return {
    lost: findLost(acknowledged, feed),
    repeated: findDuplicates(feed.map(nameVersion)),
    duplicateCreations: findDuplicates(creations.map(({ document }) => writeIdOf(document))),
    outOfOrder: findOutOfOrder(feed),
    unacknowledged: feed.length - acknowledged.length,
  }
}

/** Replays the feed. Returns version and write id of each remaining record by its key. */
export function replayFeed(feed: Change[]): Map<string, string> {
  const state = new Map<string, string>()
  for (const { key, operation, version, document } of feed) {
    if (operation === 'remove') state.delete(key)
    else state.set(key, `${version} ${writeIdOf(document)}`)
  }
  return state
}

/** Reads the agreements of writers from the registry. Returns version and write id by key, like `replayFeed`. */
export async function readRecords(origin: string): Promise<Map<string, string>> {
  const text = await (await fetch(`${origin}/v1/agreements/export?format=ndjson`)).text()
  const records = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .filter(({ title }) => title.startsWith('writer-'))
  return new Map(records.map((record) => [record.id, `${record.version} ${writeIdOf(record)}`]))
}
