import { EventEmitter, once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { Semaphore } from 'async-mutex'
import type { DatabaseClient } from '../../database/database.ts'
import type { Registry } from '../../model/registry.ts'
import type { Context } from '../../operations/operation.ts'
import {
  changeJson,
  type FeedPosition,
  type FeedRow,
  type FeedState,
  feedEndStatement,
  feedStatement,
  feedStateStatement,
} from '../../query/revisions.ts'
import { parseFeedPosition } from './contract.ts'

/** Milliseconds after which the feed is read again without a notification, because a transaction may have ended. */
const pollMs = 1000

/** Milliseconds between two heartbeats: a stream that has sent nothing since the last one sends a comment. */
const heartbeatMs = 15_000

/** Number of changes that one statement reads for all streams together. */
const livePageSize = 200

/** Number of changes that one statement reads for one stream that is behind. */
const replayPageSize = 20

/** Maximum number of concurrent page reads for streams that are behind. */
const maxReplays = 2

/** Maximum number of changes in memory for the streams. */
const maxEvents = 2000

/** Maximum size of all changes in memory, in bytes. */
const maxEventBytes = 16 * 1024 * 1024

/** Milliseconds after which no stream gets a change from memory, since a record may be redacted or made internal at any time. */
const maxEventAgeMs = 2000

/** After each read, the loop pauses one millisecond per `streamsPerMs` streams, so that other work of the event loop runs. */
const streamsPerMs = 5

interface FeedEvent {
  /** The position of the change as one number (`toOffset`). */
  offset: bigint
  /** When the change was read: milliseconds of `performance.now()`. */
  readAt: number
  resource: string
  bytes: Buffer
}

/** The events that a stream sends next, and its position after them. */
export interface EventPage {
  bytes: Buffer
  /** The position as one number (`toOffset`). */
  offset: bigint
  /**
   * Whether the page ends at the end of the feed, as it was when the page was read. Always true for a page from memory, which
   * ends at the last change in memory.
   */
  isLast: boolean
}

const sequenceLimit = 10n ** 18n

/** Converts a position to one number, in the same order. Both parts have at most 18 digits. */
export const toOffset = (position: FeedPosition | undefined): bigint =>
  position ? BigInt(position.transaction) * sequenceLimit + BigInt(position.sequence) : 0n

const toPosition = (offset: bigint): FeedPosition | undefined =>
  offset === 0n
    ? undefined
    : { transaction: String(offset / sequenceLimit), sequence: String(offset % sequenceLimit) }

/** Converts a change to a server-sent event. Line breaks, which are only white space in JSON, would end the field. */
function toEvent(registry: Registry, row: FeedRow): FeedEvent {
  const { position, resource } = row
  const data = changeJson(registry, row).replaceAll(/[\r\n]+/g, '')
  return {
    offset: toOffset(parseFeedPosition(position)),
    readAt: performance.now(),
    resource,
    bytes: Buffer.from(`id: ${position}\nevent: change\ndata: ${data}\n\n`),
  }
}

/**
 * The changes for all streams whose clients see the same records. While there are streams, one loop reads the changes from
 * the database and keeps the latest changes in memory. Every stream takes them from memory at its own speed. A stream that
 * is further behind reads pages from the database; at most `maxReplays` such streams read at the same time. The connections of
 * requests are not used.
 */
export class ChangeFeed {
  readonly #registry: Registry
  readonly #database: DatabaseClient
  readonly #context: Pick<Context, 'waitForChange' | 'closing'>
  readonly #replays = new Semaphore(maxReplays)
  readonly #wakeUps = new EventEmitter().setMaxListeners(0)
  #streams = 0
  #heartbeats = 0
  #resets = 0
  #running: Promise<void> | undefined
  #events: FeedEvent[] = []
  #bytes = 0
  /** `#events` has every change after `#start` up to `#end`. Undefined before the first read. */
  #start: bigint | undefined
  #end = 0n
  /** The timeline of the primary at the first read. */
  #timeline: string | undefined

  constructor(
    registry: Registry,
    { streamDatabase, waitForChange, closing }: Pick<Context, 'streamDatabase' | 'waitForChange' | 'closing'>,
  ) {
    this.#registry = registry
    this.#database = streamDatabase
    this.#context = { waitForChange, closing }
    closing.addEventListener('abort', () => this.#wakeUps.emit('wake'))
  }

  /** Whether the loop has read the end of the feed, so that changes after it are in memory. */
  get hasFoundEnd(): boolean {
    return this.#start !== undefined
  }

  /** The number of heartbeats so far. */
  get heartbeats(): number {
    return this.#heartbeats
  }

  /**
   * The number of times that the loop has found that the feed may have moved back: the primary failed over, or the registry was
   * restored to an earlier state.
   */
  get resets(): number {
    return this.#resets
  }

  /** Registers a stream, and starts the loop for the first one. @returns a function that unregisters it. */
  open(): () => void {
    this.#streams += 1
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
      this.#clear()
    })
    return () => {
      this.#streams -= 1
    }
  }

  /**
   * Resolves when there are more changes, when `hasFoundEnd` or `resets` changes, at a heartbeat, when the service closes, and when
   * `signal` aborts.
   */
  async waitForWakeUp(signal: AbortSignal): Promise<void> {
    if (!this.#context.closing.aborted) await once(this.#wakeUps, 'wake', { signal }).catch(() => {})
  }

  /** Returns from memory the changes after a position; undefined if not all of them are in memory. */
  read(after: bigint, resources: readonly string[]): EventPage | undefined {
    // The loop removes old changes, too, but may be waiting for the database.
    this.#prune()
    if (this.#start === undefined || after < this.#start) return undefined
    const first = this.#events.findLastIndex(({ offset }) => offset <= after) + 1
    const events = this.#events.slice(first).filter(isOfResources(resources))
    return {
      bytes: Buffer.concat(events.map(({ bytes }) => bytes)),
      offset: max(after, this.#end),
      isLast: true,
    }
  }

  /**
   * Reads from the database a page of the changes after a position, as soon as fewer than `maxReplays` reads run. At the end
   * of the feed the page is empty or short, and `read` can continue at its `offset`.
   * @param signal has aborted when the client has disconnected. Then nothing is read, so that the others wait less.
   */
  async readPage(after: bigint, resources: string[], signal: AbortSignal): Promise<EventPage> {
    return this.#replays.runExclusive(async () => {
      if (signal.aborted) return { bytes: Buffer.alloc(0), offset: after, isLast: false }
      // Taken before the query: if no more changes follow the page, the stream has every wanted change up to `end`, and continues
      // there. At the position of its last change, a stream of few resources would stay behind the changes in memory.
      const end = this.#start === undefined ? 0n : this.#end
      const { events, mayHaveMore } = await this.#query(after, resources, replayPageSize)
      const last = events.at(-1)?.offset ?? after
      return {
        bytes: Buffer.concat(events.map(({ bytes }) => bytes)),
        offset: mayHaveMore ? last : max(last, end),
        isLast: !mayHaveMore,
      }
    })
  }

  async #run(): Promise<void> {
    let beatAt = performance.now()
    while (this.#streams > 0 && !this.#context.closing.aborted) {
      // Starts before the read, so that a change during the read is not missed.
      const nextChange = this.#context.waitForChange(pollMs)
      const { hasNews, mayHaveMore } = await this.#readNext().catch(() => {
        // The database is unreachable: the next read continues at the same position.
        return { hasNews: false, mayHaveMore: false }
      })
      const isHeartbeat = performance.now() - beatAt >= heartbeatMs
      if (isHeartbeat) {
        beatAt = performance.now()
        this.#heartbeats += 1
      }
      if (hasNews || isHeartbeat) this.#wakeUps.emit('wake')
      await (mayHaveMore ? undefined : nextChange)
      await delay(this.#streams / streamsPerMs)
    }
  }

  /**
   * Reads the next changes into memory. The first read only finds the feed's end.
   * @returns `hasNews`: whether waiting streams can go on; `mayHaveMore`: whether more changes may follow.
   */
  async #readNext(): Promise<{ hasNews: boolean; mayHaveMore: boolean }> {
    if (this.#start === undefined) {
      this.#timeline = (await this.#readState())?.timeline
      const [row] = await this.#database.read<{ position: string }>(feedEndStatement())
      this.#end = toOffset(parseFeedPosition(row?.position ?? ''))
      this.#start = this.#end
      return { hasNews: true, mayHaveMore: false }
    }
    const { events, mayHaveMore } = await this.#query(this.#end, [], livePageSize)
    // Checked after the page was read, since that read may be the first one after a failover.
    if (await this.#mayHaveMovedBack()) {
      this.#clear()
      this.#resets += 1
      return { hasNews: true, mayHaveMore: false }
    }
    for (const event of events) this.#add(event)
    this.#prune()
    return { hasNews: events.length > 0, mayHaveMore }
  }

  async #readState(): Promise<FeedState | undefined> {
    const { transaction } = toPosition(this.#end) ?? { transaction: '0' }
    const [state] = await this.#database.read<FeedState>(feedStateStatement({ transaction }))
    return state
  }

  /**
   * Whether changes that were read may be lost, so that new changes may have positions that were passed already. The new primary
   * of a failover may lack the last changes, and may have given their positions to others before this read.
   */
  async #mayHaveMovedBack(): Promise<boolean> {
    const state = await this.#readState()
    return state?.timeline !== this.#timeline || state?.isBeyond === true
  }

  /** Reads the next changes from the database. @returns their events, and whether more changes may follow. */
  async #query(
    after: bigint,
    resources: string[],
    limit: number,
  ): Promise<{ events: FeedEvent[]; mayHaveMore: boolean }> {
    const statement = feedStatement({
      after: toPosition(after),
      resources,
      countries: [],
      order: 'asc',
      limit,
    })
    const rows = await this.#database.read<FeedRow>(statement)
    const mayHaveMore = rows.length === limit || rows.length < (rows[0]?.found ?? 0)
    return { events: rows.map((row) => toEvent(this.#registry, row)), mayHaveMore }
  }

  #add(event: FeedEvent): void {
    this.#events.push(event)
    this.#bytes += event.bytes.length
    this.#end = event.offset
  }

  /** Removes from memory the changes that were read `maxEventAgeMs` ago or earlier, and the oldest ones beyond the limits. */
  #prune(): void {
    const since = performance.now() - maxEventAgeMs
    let count = 0
    for (const { offset, readAt, bytes } of this.#events) {
      const exceedsLimits = this.#events.length - count > maxEvents || this.#bytes > maxEventBytes
      if (readAt >= since && !exceedsLimits) break
      count += 1
      this.#bytes -= bytes.length
      this.#start = offset
    }
    this.#events.splice(0, count)
  }

  #clear(): void {
    this.#events = []
    this.#bytes = 0
    this.#start = undefined
  }
}

const max = (one: bigint, other: bigint) => (one > other ? one : other)

/** Returns a filter for the events of some resources; an empty array means all. */
const isOfResources =
  (resources: readonly string[]) =>
  ({ resource }: FeedEvent) =>
    resources.length === 0 || resources.includes(resource)
