import { randomBytes } from 'node:crypto'

/** A position in the write-ahead log of any server, with its timeline. */
export interface LogPosition {
  /** The timeline, which rises with each failover. */
  timeline: number
  /** The offset in the log, in bytes. */
  lsn: number
}

/**
 * A position in the write-ahead log of the primary. A replica that has replayed the log up to this position has all earlier
 * commits.
 */
export interface Position extends LogPosition {
  /** The opaque text that clients get, unique for each commit. */
  text: string
}

/** The SQL column of the primary's timeline, in hexadecimal. It fails on a standby. */
export const timelineColumn = 'substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8) as timeline'

/** The SQL columns of a `PositionRow`: where the log of the primary ends. They fail on a standby. */
export const positionColumns = (() => {
  // Asynchronous commits may not be flushed yet.
  const end = `case when current_setting('synchronous_commit') = 'off'
    then pg_current_wal_insert_lsn() else pg_current_wal_flush_lsn() end`
  return `${timelineColumn}, (${end} - '0/0')::float8 as lsn`
})()

/**
 * An SQL expression that identifies a database of a cluster. A primary and its standbys have the same value; other clusters and
 * other databases have others.
 */
export const databaseIdentity = `(select system_identifier from pg_control_system()) || '/' ||
  (select oid from pg_database where datname = current_database())`

/** A row of `positionColumns`. */
export interface PositionRow {
  /** The timeline in hexadecimal. */
  timeline: string
  lsn: number
}

/** Creates the position of a commit. */
export function makePosition(row: PositionRow): Position {
  const timeline = Number.parseInt(row.timeline, 16)
  const nonce = randomBytes(6).toString('base64url')
  return { timeline, lsn: row.lsn, text: `${timeline.toString(16)}-${row.lsn.toString(16)}-${nonce}` }
}

const positionPattern = /^([\da-f]{1,8})-([\da-f]{1,13})-[\w-]{8}$/

/** Parses the text of a position; undefined when it is malformed. */
export function parsePosition(text: string): Position | undefined {
  const [, timeline, lsn] = positionPattern.exec(text) ?? []
  if (timeline === undefined || lsn === undefined) return undefined
  return { timeline: Number.parseInt(timeline, 16), lsn: Number.parseInt(lsn, 16), text }
}

/** A position that no replica reaches, for a commit whose outcome is unknown. */
export const unreachablePosition: Position = {
  timeline: Number.MAX_SAFE_INTEGER,
  lsn: Number.MAX_SAFE_INTEGER,
  text: '',
}

/**
 * Compares two positions. A later timeline is always further: a failover loses the rest of the earlier timeline.
 * @returns a positive number if `first` is further than `second`, a negative number if `second` is further, otherwise 0.
 */
export const comparePositions = (first: LogPosition, second: LogPosition): number =>
  first.timeline - second.timeline || first.lsn - second.lsn

/** Returns the later of two positions; undefined if both are undefined. */
export function laterPosition(
  first: Position | undefined,
  second: Position | undefined,
): Position | undefined {
  if (!first || !second) return first ?? second
  return comparePositions(first, second) >= 0 ? first : second
}
