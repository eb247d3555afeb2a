import { pseudoRandom } from './pseudo-random.ts'

/** A participant: exactly one of country, organization and region. */
export interface Participant {
  country?: string
  organization?: string
  region?: string
  role: string
}

/** The name of a cooperation base, and the properties that `aggregate-oracle.test.ts` counts. */
export interface Base {
  name: string
  kind: string
  status: string | null
  designatedOn: string | null
  unitCount: number
  partOf: string | null
  hostCountry: string | null
  location: { country: string } | null
  participants: Participant[]
  topics: string[]
}

/**
 * Returns an id that ends with a number. In `partOf` it stands for the base with this index; the service gives the base another id.
 * The two organizations have ids with larger numbers.
 */
const id = (index: number) => `01933b5e-7c1a-7d4e-9f2b-${String(index).padStart(12, '0')}`
/** The ids of two organizations: an institute in Pakistan, and a union without a country. */
export const institute = id(900_001)
export const union = id(900_002)

/** The countries of participants, hosts and locations. */
const countries = ['CHN', 'PAK', 'DEU']
/** Participants that are not countries: the institute, the union, and regions at three levels. */
const otherParticipants = [
  { organization: institute },
  { organization: union },
  { region: '002' },
  { region: '202' },
  { region: '001' },
]
/** The values from which bases are generated. */
export const roles = ['participant', 'host', 'funder']
const kinds = ['observatory', 'ground_station', 'other']
const statuses = [null, 'planned', 'active']
const topics = ['energy', 'ocean', 'narrower-energy']

/**
 * Dates, each with its year, decade and month in aggregates: null if the date is not within a single one of them, or is too
 * early (`src/model/date-units.ts`). `span` has the first and last day of the date as year × 10,000 + month × 100 + day.
 */
export const dates = [
  { text: '2010', year: '2010', decade: '201X', month: null, span: [20100101, 20101231] },
  { text: '2011-04', year: '2011', decade: '201X', month: '2011-04', span: [20110401, 20110430] },
  { text: '2011-04-05', year: '2011', decade: '201X', month: '2011-04', span: [20110405, 20110405] },
  { text: '201X', year: null, decade: '201X', month: null, span: [20100101, 20191231] },
  { text: '2011-03/2011-05', year: '2011', decade: '201X', month: null, span: [20110301, 20110531] },
  { text: '2009/2010', year: null, decade: null, month: null, span: [20090101, 20101231] },
  { text: '2011/..', year: null, decade: null, month: null, span: [20110101, Number.POSITIVE_INFINITY] },
  { text: '2011-24', year: null, decade: '201X', month: null, span: [20111201, 20120229] },
  { text: '-4699', year: null, decade: '-469X', month: null, span: [-46989899, -46988769] },
  { text: '-0005-12', year: '-0005', decade: '-000X', month: '-0005-12', span: [-48799, -48769] },
] as const

/** The top-level region (UN M49) of each country and region, if it has one. */
export const regionOf: Record<string, string> = {
  CHN: '142',
  PAK: '142',
  DEU: '150',
  '002': '002',
  '202': '002',
}
/** The subregion of each country and region, if it has one. */
export const subregionOf: Record<string, string> = { CHN: '030', PAK: '034', DEU: '155', '202': '202' }

function makeBases(count: number): Base[] {
  const random = pseudoRandom(11)
  const pick = <T>(values: readonly T[]): T => values[random(values.length)] as T
  const subset = <T>(values: readonly T[]): T[] => values.filter(() => random(3) === 0)
  return Array.from({ length: count }, (_, index) => ({
    name: `Counted ${index}`,
    kind: pick(kinds),
    status: pick(statuses),
    designatedOn: random(5) === 0 ? null : pick(dates).text,
    unitCount: 1 + random(20),
    // Bases may form chains.
    partOf: index > 0 && random(2) === 0 ? id(random(index)) : null,
    hostCountry: random(3) === 0 ? pick(countries) : null,
    location: random(4) === 0 ? { country: pick(countries) } : null,
    participants: roles.flatMap((role) => [
      ...subset(countries).map((country) => ({ country, role })),
      ...(random(3) === 0 ? [{ ...pick(otherParticipants), role }] : []),
    ]),
    topics: subset(topics),
  }))
}

/** The generated bases, the same in every run. */
export const bases = makeBases(60)
/** The filter that selects only the generated bases. */
export const basesFilter = { 'name[contains]': 'Counted ' }
