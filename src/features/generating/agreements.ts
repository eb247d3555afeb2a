import type { Row } from '../../database/rows.ts'
import {
  agreementDocuments,
  agreementRelations,
  agreements,
  agreementTerms,
} from '../../database/tables/agreements.ts'
import { participationActions } from '../../database/tables/participations.ts'
import { agreementKinds, agreementLevels, relationKinds } from '../../database/vocabularies.ts'
import {
  addCitation,
  addExternalId,
  addParticipants,
  addRecord,
  addTopics,
  someCount,
  someCountries,
} from './cooperation.ts'
import { dateIn, someYear } from './dates.ts'
import type { Registry } from './registry.ts'
import { someSummary } from './texts.ts'

/** How many of the newest agreements later records may refer to. */
const maxRecent = 500

const noun = (kind: string) => kind.charAt(0).toUpperCase() + kind.slice(1).replaceAll('_', ' ')

function datesOf({ random }: Registry): Row {
  if (random.chance(0.03)) return { status: 'negotiating' }
  const year = someYear(random)
  const years = random.pick([3, 5, 10])
  const signedOn = random.chance(0.96) ? dateIn(year, random) : null
  if (random.chance(0.25)) return { status: 'signed', signedOn }
  const inForceFrom = dateIn(year + random.between(0, 2), random)
  if (random.chance(0.3)) return { status: 'in_force', signedOn, inForceFrom }
  const end = year + 2 + years
  if (random.chance(0.04))
    return { status: 'terminated', signedOn, inForceFrom, terminatedOn: dateIn(end, random) }
  const expiresOn = dateIn(end, random)
  return { status: end < 2026 ? 'expired' : 'in_force', signedOn, inForceFrom, expiresOn }
}

function addParts(registry: Registry, agreementId: string, title: string): void {
  const { random, recent, add } = registry
  if (random.chance(0.1)) {
    const year = someYear(random)
    add(agreementTerms, { agreementId, position: 0, startsOn: String(year), endsOn: String(year + 5) })
  }
  if (recent.length > 0 && random.chance(0.05)) {
    const other = random.pick(recent)
    add(agreementRelations, { agreementId, position: 0, kind: random.pick(relationKinds), agreement: other })
  }
  if (random.chance(0.2)) {
    const language = random.pick(['en', 'fr', 'zh', 'es'])
    add(agreementDocuments, { agreementId, position: 0, title: `${title}: text`, language })
  }
}

/** Adds an agreement with its parties and all other parts. @param number its number, from 0. */
export function addAgreement(registry: Registry, number: number): void {
  const { random, world, add } = registry
  const count = someCount(registry)
  // China takes part in most records of the registry.
  const partners = someCountries(registry, count)
  const [leader] = world.countries
  const countries = leader && random.chance(0.5) ? [...new Set([leader, ...partners])] : partners
  const kind = random.mostlyEarly(agreementKinds.slice(1, -1))
  const topic = random.mostlyEarly(world.topics)
  const title = `${noun(kind)} between ${countries
    .slice(0, 2)
    .map(({ name }) => name)
    .join(' and ')} on ${topic.name.toLowerCase()}, no. ${number}`
  const dates = datesOf(registry)
  const agreementId = addRecord(registry, agreements, {
    title,
    kind,
    level: random.chance(0.8) ? random.mostlyEarly(agreementLevels) : null,
    ...dates,
    renewal: random.weighted([
      [null, 50],
      ['automatic', 30],
      ['by_consent', 15],
      ['none', 5],
    ]),
    place: random.chance(0.4) ? random.pick(countries).name : null,
    summary: random.chance(0.6) ? someSummary(topic.name, random) : null,
    languages: random.weighted([
      [['en'], 50],
      [['en', 'zh'], 40],
      [['fr'], 10],
    ]),
  })
  const owner = { agreementId }
  const parties = addParticipants(registry, owner, countries, { first: 'party', others: 'party' })
  if (typeof dates.signedOn === 'string' && random.chance(0.4)) {
    for (const participationId of parties)
      add(participationActions, { participationId, position: 0, kind: 'signed', date: dates.signedOn })
  }
  addTopics(registry, owner)
  if (random.chance(0.25)) addExternalId(registry, owner, number)
  addCitation(registry, owner, '/signedOn')
  addParts(registry, agreementId, title)
  registry.recent.push(agreementId)
  if (registry.recent.length > maxRecent) registry.recent.shift()
}
