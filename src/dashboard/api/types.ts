import type { components } from './schema.d.ts'

/**
 * Types of API responses. Most come from schemas of the OpenAPI document (`npm run build` writes schema.d.ts). Types that
 * apply to any resource are defined here.
 */

/** A record of any resource. */
export type RecordDocument = Readonly<Record<string, unknown>>

/** The names of the records that a response refers to, by resource and key: `{countries: {CHN: "China"}}`. */
export type Names = Readonly<Record<string, Readonly<Record<string, string>>>>

export interface Page<Item> {
  data: Item[]
  names?: Names
  page: { limit: number; next: string | null; total?: { count: number; relation: string } }
}

export interface Group {
  key: Record<string, string | null>
  label: Record<string, string | null>
  measures: Record<string, number | null>
  /** The path of the request that lists the records of the group. */
  list: string
}

export interface Aggregate {
  data: Group[]
  groups: { count: number; limit: number }
  total: number
}

type Schemas = components['schemas']

export type Actor = Schemas['Actor']
export type Author = Schemas['Author']
export type ApiKey = Schemas['Key']
export type IssuedKey = Schemas['IssuedKey']
export type Citation = Schemas['Citation']
export type ChangePage = Schemas['FeedPage']
export type Change = Schemas['FeedChange']
export type HistoryPage = Schemas['HistoryPage']
export type HistoryEntry = Schemas['HistoryEntry']
export type DuplicatePair = Schemas['DuplicatePair']
export type HitPage = Schemas['HitPage']
export type CountryBriefing = Schemas['CountryBriefing']
export type BriefingGroups = Schemas['BriefingGroups']
export type BriefingMoney = CountryBriefing['given']
export type Country = Schemas['Country']
export type Figure = Schemas['Figure']
export type Agreement = Schemas['Agreement']
export type Source = Schemas['Source']
export type ImportJob = Schemas['ImportJob']
export type ImportPreview = Schemas['ImportPreview']
export type ImportName = Schemas['ImportNamePage']['data'][number]
export type ImportRow = Schemas['ImportRowPage']['data'][number]
export type ImportedRecord = Schemas['ImportedRecordPage']['data'][number]
export type VocabularyList = Schemas['VocabularyList']
