import { agreementKinds, agreementLevels, relationKinds } from '../../model/vocabularies.ts'
import { capitalize } from '../../wording.ts'
import { latestYear, randomDateIn, randomYear } from './dates.ts'
import type { GeneratorState, JsonObject } from './generator-state.ts'
import {
  addCitation,
  generatedExternalIds,
  randomCountries,
  randomCountryCount,
  randomParticipants,
  randomTopics,
} from './shared-properties.ts'
import { randomSummary } from './texts.ts'

/** Number of the latest agreements that later records may refer to. */
const maxRecentAgreements = 500

const kindLabel = (kind: string) => capitalize(kind).replaceAll('_', ' ')

function randomStatusAndDates({ random }: GeneratorState): JsonObject {
  if (random.chance(0.03)) return { status: 'negotiating' }
  const year = randomYear(random)
  const durationYears = random.pick([3, 5, 10])
  const signedOn = random.chance(0.96) ? randomDateIn(year, random) : null
  if (random.chance(0.25)) return { status: 'signed', signedOn }
  const inForceFrom = randomDateIn(Math.min(latestYear, year + random.between(0, 2)), random)
  if (random.chance(0.3)) return { status: 'in_force', signedOn, inForceFrom }
  const endYear = year + 2 + durationYears
  const hasEnded = endYear <= latestYear
  if (random.chance(0.04) && hasEnded)
    return { status: 'terminated', signedOn, inForceFrom, terminatedOn: randomDateIn(endYear, random) }
  const expiresOn = randomDateIn(endYear, random)
  return { status: hasEnded ? 'expired' : 'in_force', signedOn, inForceFrom, expiresOn }
}

function randomTerms({ random }: GeneratorState): JsonObject[] {
  if (!random.chance(0.1)) return []
  const year = randomYear(random)
  return [{ startsOn: String(year), endsOn: String(year + 5), note: null }]
}

function randomRelations({ random, recentAgreementIds }: GeneratorState): JsonObject[] {
  if (recentAgreementIds.length === 0 || !random.chance(0.05)) return []
  return [{ kind: random.pick(relationKinds), agreement: random.pick(recentAgreementIds) }]
}

function randomDocuments({ random }: GeneratorState, title: string): JsonObject[] {
  if (!random.chance(0.2)) return []
  return [{ title: `${title}: text`, url: null, language: random.pick(['en', 'fr', 'zh', 'es']) }]
}

/** Adds an agreement with its parties and other lists. @param number its number, from 0. */
export function addAgreement(state: GeneratorState, number: number): void {
  const { random, referenceData, recentAgreementIds } = state
  const partners = randomCountries(state, randomCountryCount(state))
  // `countries` begins with China, which takes part most often. It is added to half of the agreements, and may be a partner in others.
  const [china] = referenceData.countries
  const countries = china && random.chance(0.5) ? [...new Set([china, ...partners])] : partners
  // All kinds except the first, `treaty`, and the last, `other`.
  const kind = random.pickZipf(agreementKinds.slice(1, -1))
  const topic = random.pickZipf(referenceData.topics)
  const names = countries.slice(0, 2).map(({ name }) => name)
  const title = `${kindLabel(kind)} between ${names.join(' and ')} on ${topic.name.toLowerCase()}, no. ${number}`
  const dates = randomStatusAndDates(state)
  const hasSigning = typeof dates.signedOn === 'string' && random.chance(0.4)
  const actions = hasSigning ? [{ kind: 'signed', date: dates.signedOn, note: null }] : []
  const id = state.add('agreements', {
    title,
    kind,
    level: random.chance(0.8) ? random.pickZipf(agreementLevels) : null,
    ...dates,
    renewal: random.weighted([
      [null, 50],
      ['automatic', 30],
      ['by_consent', 15],
      ['none', 5],
    ]),
    place: random.chance(0.4) ? random.pick(countries).name : null,
    summary: random.chance(0.6) ? randomSummary(topic.name, random) : null,
    languages: random.weighted([
      [['en'], 50],
      [['en', 'zh'], 40],
      [['fr'], 10],
    ]),
    parties: randomParticipants(state, countries, { first: 'party', others: 'party' }).map((party) => ({
      ...party,
      signatory: null,
      actions,
    })),
    terms: randomTerms(state),
    relations: randomRelations(state),
    documents: randomDocuments(state, title),
    topics: randomTopics(state),
    externalIds: random.chance(0.25) ? generatedExternalIds(state, number) : [],
  })
  addCitation(state, 'agreements', id, '/signedOn')
  recentAgreementIds.push(id)
  if (recentAgreementIds.length > maxRecentAgreements) recentAgreementIds.shift()
}
