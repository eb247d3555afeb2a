import type { GeneratorState, JsonObject } from './generator-state.ts'

/** Random values of the properties that several of the generated resources have. */

type Country = GeneratorState['referenceData']['countries'][number]

/** Chooses different countries, in rare cases fewer than `count`. A few countries are in most results. */
export function randomCountries({ random, referenceData }: GeneratorState, count: number): Country[] {
  const chosen = new Map<string, Country>()
  for (let tries = 0; chosen.size < count && tries < count * 20; tries++) {
    const country = random.pickZipf(referenceData.countries)
    chosen.set(country.code, country)
  }
  return [...chosen.values()]
}

/** Chooses the number of participating countries: mostly two, rarely many. */
export const randomCountryCount = ({ random }: GeneratorState): number =>
  random.weighted([
    [2, 84],
    [3, 10],
    [4, 4],
    [random.between(5, 20), 2],
  ])

/**
 * Returns the countries as participants, and sometimes an organization or a region.
 * @param roles the roles of the first participant and of the others.
 */
export function randomParticipants(
  { random, organizationIds, referenceData }: GeneratorState,
  countries: Country[],
  roles: { first: string; others: string },
): JsonObject[] {
  const participants: JsonObject[] = countries.map(({ code }) => ({ country: code }))
  if (organizationIds.length > 0 && random.chance(0.12))
    participants.push({ organization: random.pickZipf(organizationIds) })
  if (random.chance(0.01)) participants.push({ region: random.pick(referenceData.regions) })
  return participants.map((participant, position) => ({
    ...{ country: null, organization: null, region: null, ...participant },
    role: position === 0 ? roles.first : roles.others,
    contribution: null,
  }))
}

/** Chooses one to three topics. */
export function randomTopics({ random, referenceData }: GeneratorState): string[] {
  const first = random.pickZipf(referenceData.topics)
  const others = [0.5, 0.2].filter((probability) => random.chance(probability))
  const topics = new Set([first, ...others.map(() => random.pickZipf(referenceData.topics))])
  return [...topics].map(({ slug }) => slug)
}

/** Returns the external ids of a generated record. */
export const generatedExternalIds = ({ seed }: GeneratorState, number: number): JsonObject[] => [
  { scheme: 'generated', id: `${seed}-${number}` },
]

/** Adds, with a probability of 0.3, a citation of a record or of one of its properties. */
export function addCitation(state: GeneratorState, resource: string, id: string, property: string): void {
  const { random, sourceIds } = state
  if (!random.chance(0.3)) return
  state.add('citations', {
    source: random.pickZipf(sourceIds),
    record: { resource, id },
    property: random.chance(0.5) ? property : null,
    locator: { paragraph: null, page: String(random.between(1, 300)), row: null, column: null },
    rank: random.weighted([
      ['normal', 90],
      ['preferred', 8],
      ['deprecated', 2],
    ]),
  })
}

/** Makes a location, or none. */
export function randomLocations(state: GeneratorState, country: Country): JsonObject[] {
  const location = randomLocation(state, country)
  return location ? [location] : []
}

/** Makes a location with a country, or null. Its coordinates are random, and need not be in the country. */
export function randomLocation({ random }: GeneratorState, country: Country): JsonObject | null {
  if (!random.chance(0.7)) return null
  return {
    name: `${random.pick(['Northern', 'Southern', 'Old', 'New', 'Upper'])} ${country.name}`,
    country: country.code,
    latitude: random.between(-55_000, 70_000) / 1000,
    longitude: random.between(-180_000, 180_000) / 1000,
    elevationMetres: null,
  }
}

/** Makes one amount of money, or none. Amounts span several orders of magnitude. */
export function randomAmounts({ random }: GeneratorState, kind: string, probability: number): JsonObject[] {
  if (!random.chance(probability)) return []
  const amount = random.between(1, 999) * 10 ** random.between(3, 6)
  const currency = random.pickZipf(['CNY', 'USD', 'EUR', 'GBP'])
  return [{ kind, date: null, amount, currency, valueUsd: null, note: null }]
}
