import { expect } from 'vitest'

/** The properties of a record. */
export type Properties = Record<string, unknown>

/** A list request about a fact, and exactly the records that it must return. */
export interface FactRequest {
  path: string
  expected: Properties[]
  /** Properties of the supporting citation in addition to the paragraph. By default, the citation supports the whole record. */
  cited?: Properties
}

/** A fact of the interview, and the requests that find it. */
export interface Fact {
  id: string
  fact: string
  paragraph: string
  requests: FactRequest[]
}

/** Matches a participant that is a country. */
export const country = (code: string, more: Properties = {}) =>
  expect.objectContaining({ country: code, ...more })
/** Matches a participant that is a region. */
export const region = (code: string, more: Properties = {}) =>
  expect.objectContaining({ region: code, ...more })

/** The actions of a party that signed in a month. */
export const signed = (month: string) => [{ kind: 'signed', date: month, note: null }]

/** The expected properties of a mega-science project, in which all participants named in paragraph 5 take part. */
export const megaScience = (title: string, ...topics: string[]) => ({
  title: expect.stringContaining(title),
  kind: 'mega_science',
  participants: [country('CHN'), country('USA'), country('JPN'), country('RUS'), region('150')],
  topics,
})

/** The expected properties of a figure of the interview about China, as of the month of the interview. */
export const chineseFigure = (value: number, qualifier = 'exact') => ({
  value,
  qualifier,
  country: 'CHN',
  asOf: '2011-08',
})

/** The expected properties of a Chinese assistance program for developing countries as a group. */
export const programForDevelopingCountries = (modality: string) => ({
  modality,
  participants: [country('CHN', { role: 'donor' }), region('902', { role: 'recipient' })],
})

/** The expected properties of an assistance program under the memorandum of November 2008. */
export const programUnderMemorandum = (title: string) => ({
  title: expect.stringContaining(title),
  modality: 'environment',
  participants: expect.arrayContaining([region('002', { role: 'beneficiary' })]),
  agreementDetails: [
    expect.objectContaining({
      kind: 'memorandum_of_understanding',
      signedOn: '2008-11',
      level: 'interagency',
    }),
  ],
})
