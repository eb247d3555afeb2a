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
  /** Codes in capitals, by their schemes. */
  codes?: Record<string, string>
  /** First and last year of a state, if they are known. Only a former state has a last year. */
  from?: number | undefined
  to?: number | undefined
  /** Keys of the successor states. */
  successors?: readonly string[]
  /** Key of the state that is responsible for a territory. */
  responsibleState?: string | undefined
  /** Whether the record is an authority, such as a ministry. Authorities of several countries may have the same name. */
  isGovernment?: boolean
}

/** A name of a record. */
export interface NameEntry {
  record: NamedRecord
  /** The name as it is written in the record or in the lists of names. */
  text: string
  reason: MatchReason
  /**
   * 0 for translations, and for titles and aliases of records that are not former states; 1 for titles and aliases
   * of former states, and for names from the lists of names. 0 takes precedence.
   */
  rank: 0 | 1
  /** The years in which the name was used; when left out, those of the record. */
  from?: number | undefined
  to?: number | undefined
  /** Whether the name means the record only in this period: in other years it means something else, such as a city. */
  isOnlyInPeriod?: boolean
}

/**
 * A name that several records share, or that a record shares with a part of another one: Georgia is also a state of the USA. The
 * name is still resolved if the year lies in `earlierMeaning`, or if the text has a second name, such as `Congo (Kinshasa)`.
 */
export interface AmbiguousName {
  keys: readonly string[]
  /** Why the name is ambiguous, for people. */
  detail: string
  /** The name is ambiguous only in sources about this country (`NameQuery.country`); if undefined, in all sources. */
  onlyInSourcesAbout?: string | undefined
  /** The record that the name meant in earlier years. */
  earlierMeaning?: { code: string; from?: number | undefined; to: number } | undefined
}
