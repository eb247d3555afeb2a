import { randomBytes } from 'node:crypto'

/** A position in a write-ahead log, with its timeline. */
export interface Progress {
  /** Rises with each failover. */
  timeline: number
  /** Bytes of the log. */
  lsn: number
}

/**
 * A position in the write-ahead log of the primary. A replica that has replayed the log up to it has every change that was
 * committed before.
 */
export interface Position extends Progress {
  /** The opaque text that clients get, unlike that of any other commit. */
  text: string
}

/** The columns of a row that says where the log of the primary ends. Such statements fail on a standby. */
export const positionColumns = (() => {
  // What was committed without waiting for the disk is not flushed yet.
  const end = `case when current_setting('synchronous_commit') = 'off'
    then pg_current_wal_insert_lsn() else pg_current_wal_flush_lsn() end`
  return `substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8) as timeline, (${end} - '0/0')::float8 as lsn`
})()

/** A row with these columns. */
export interface PositionRow {
  /** Hexadecimal. */
  timeline: string
  lsn: number
}

/** Makes the position of a commit. */
export function makePosition(row: PositionRow): Position {
  const timeline = Number.parseInt(row.timeline, 16)
  const nonce = randomBytes(6).toString('base64url')
  return { timeline, lsn: row.lsn, text: `${timeline.toString(16)}-${row.lsn.toString(16)}-${nonce}` }
}

const form = /^([\da-f]{1,8})-([\da-f]{1,13})-[\w-]{8}$/

/** Parses the text of a position; undefined when it is malformed. */
export function parsePosition(text: string): Position | undefined {
  const [, timeline, lsn] = form.exec(text) ?? []
  if (timeline === undefined || lsn === undefined) return undefined
  return { timeline: Number.parseInt(timeline, 16), lsn: Number.parseInt(lsn, 16), text }
}

/** A position that no replica reaches, for a commit whose outcome is unknown. */
export const unreachable: Position = {
  timeline: Number.MAX_SAFE_INTEGER,
  lsn: Number.MAX_SAFE_INTEGER,
  text: '',
}

/** Compares how far two logs have come. A later timeline is further: what an earlier one has beyond its start was lost. */
export const compareProgress = (one: Progress, other: Progress): number =>
  one.timeline - other.timeline || one.lsn - other.lsn

/** The later of two positions. */
export function later(one: Position | undefined, other: Position | undefined): Position | undefined {
  if (!one || !other) return one ?? other
  return compareProgress(one, other) >= 0 ? one : other
}
