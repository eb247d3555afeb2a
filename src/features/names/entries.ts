import type { MatchReason } from './types.ts'

/** A record that can be named. */
export interface NamedRecord {
  key: string
  /** The title. */
  name: string
  /** Alpha-3 code of the country that an organization belongs to. */
  country?: string | null | undefined
  /** Scheme of a topic. */
  scheme?: string | null | undefined
  /** Codes by their schemes, in capitals. */
  codes?: Record<string, string>
  /** First and last year of a former state. */
  from?: number | undefined
  to?: number | undefined
  /** Keys of the successor states. */
  successors?: readonly string[]
  /** Key of the state that is responsible for a territory. */
  responsibleState?: string | undefined
  /** Whether it is an authority, such as a ministry: those of several countries may have the same name. */
  isGovernment?: boolean
}

/** A name of a record. */
export interface NameEntry {
  record: NamedRecord
  /** The name as it is listed. */
  text: string
  reason: MatchReason
  /** 0 for the names that current records have themselves, 1 for others. The lowest rank takes precedence. */
  rank: 0 | 1
  /** The years in which the name was used; open when left out. */
  from?: number | undefined
  to?: number | undefined
  /** In other years, the name means something else, such as a city. */
  isDated?: boolean
}

/** A name that several records share, so that it is never resolved. */
export interface AmbiguousName {
  keys: readonly string[]
  why: string
  /** Ambiguous only in lists about this country. */
  within?: string | undefined
  /** The record that the name meant in earlier years. */
  before?: { code: string; from?: number | undefined; to: number } | undefined
}
