import {
  activityStatuses,
  baseKinds,
  baseLevels,
  baseStatuses,
  modalities,
  projectKinds,
} from '../../model/vocabularies.ts'
import { randomDateIn, randomYear } from './dates.ts'
import type { GeneratorState, JsonObject } from './generator-state.ts'
import {
  addCitation,
  generatedExternalIds,
  randomAmounts,
  randomCountries,
  randomCountryCount,
  randomLocation,
  randomLocations,
  randomParticipants,
  randomTopics,
} from './shared-properties.ts'
import { randomSummary } from './texts.ts'

/** Generates projects, bases and programs, some of which refer to agreements. */

function randomPeriod({ random }: GeneratorState): JsonObject {
  const year = randomYear(random)
  if (random.chance(0.05)) return {}
  return {
    startsOn: randomDateIn(year, random),
    endsOn: random.chance(0.6) ? randomDateIn(year + random.between(1, 8), random) : null,
  }
}

/** Returns a list with the id of one agreement, with the given probability; otherwise an empty list. */
const randomAgreements = ({ random, recentAgreementIds }: GeneratorState, probability: number): string[] =>
  recentAgreementIds.length > 0 && random.chance(probability) ? [random.pick(recentAgreementIds)] : []

/** Adds a project. @param number its number, from 0. */
export function addProject(state: GeneratorState, number: number): void {
  const { random, referenceData } = state
  const countries = randomCountries(state, randomCountryCount(state))
  const topic = random.pickZipf(referenceData.topics)
  const place = random.pick(countries)
  const id = state.add('projects', {
    title: `${place.name} ${topic.name.toLowerCase()} project, no. ${number}`,
    kind: random.pick(projectKinds),
    status: random.chance(0.9) ? random.pickZipf(activityStatuses) : null,
    ...randomPeriod(state),
    summary: random.chance(0.6) ? randomSummary(topic.name, random) : null,
    participants: randomParticipants(state, countries, { first: 'lead', others: 'participant' }),
    topics: randomTopics(state),
    locations: randomLocations(state, place),
    amounts: randomAmounts(state, 'budget', 0.5),
    agreements: randomAgreements(state, 0.4),
    externalIds: generatedExternalIds(state, number),
  })
  addCitation(state, 'projects', id, '/startsOn')
}

/** Adds a cooperation base, which may represent several bases. @param number its number, from 0. */
export function addBase(state: GeneratorState, number: number): void {
  const { random, referenceData } = state
  const countries = randomCountries(state, 2)
  const host = random.pick(countries)
  const topic = random.pickZipf(referenceData.topics)
  const hasSeveralBases = random.chance(0.05)
  const id = state.add('cooperation-bases', {
    name: `${host.name} ${topic.name.toLowerCase()} base${hasSeveralBases ? 's' : ''}, no. ${number}`,
    kind: random.pick(baseKinds),
    level: random.chance(0.8) ? random.pick(baseLevels) : null,
    status: random.chance(0.8) ? random.pick(baseStatuses) : null,
    designatedOn: random.chance(0.9) ? randomDateIn(randomYear(random), random) : null,
    unitCount: hasSeveralBases ? random.between(2, 300) : 1,
    unitCountQualifier: hasSeveralBases ? random.pick(['about', 'more_than', 'exact']) : 'exact',
    hostCountry: random.chance(0.9) ? host.code : null,
    participants: randomParticipants(state, countries, { first: 'participant', others: 'partner' }),
    topics: randomTopics(state),
    location: randomLocation(state, host),
    externalIds: generatedExternalIds(state, number),
  })
  addCitation(state, 'cooperation-bases', id, '/designatedOn')
}

/** Adds an assistance program. @param number its number, from 0. */
export function addProgram(state: GeneratorState, number: number): void {
  const { random, referenceData } = state
  const countries = randomCountries(state, 2)
  const topic = random.pickZipf(referenceData.topics)
  const recipient = countries.at(-1) ?? random.pick(referenceData.countries)
  const id = state.add('assistance-programs', {
    title: `Assistance in ${topic.name.toLowerCase()} for ${recipient.name}, no. ${number}`,
    modality: random.pick(modalities),
    status: random.pickZipf(activityStatuses),
    ...randomPeriod(state),
    summary: random.chance(0.6) ? randomSummary(topic.name, random) : null,
    participants: randomParticipants(state, countries, { first: 'donor', others: 'recipient' }),
    topics: randomTopics(state),
    locations: randomLocations(state, recipient),
    amounts: randomAmounts(state, 'commitment', 0.7),
    agreements: randomAgreements(state, 0.3),
    externalIds: generatedExternalIds(state, number),
  })
  addCitation(state, 'assistance-programs', id, '/startsOn')
}
