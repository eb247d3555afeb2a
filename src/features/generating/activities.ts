import type { Row } from '../../database/rows.ts'
import { assistanceProgramAgreements, assistancePrograms } from '../../database/tables/assistance-programs.ts'
import { cooperationBases } from '../../database/tables/cooperation-bases.ts'
import { projectAgreements, projects } from '../../database/tables/projects.ts'
import {
  activityStatuses,
  baseKinds,
  baseLevels,
  baseStatuses,
  modalities,
  projectKinds,
} from '../../database/vocabularies.ts'
import {
  addCitation,
  addExternalId,
  addParticipants,
  addRecord,
  addTopics,
  someAmount,
  someCount,
  someCountries,
  someLocation,
} from './cooperation.ts'
import { dateIn, someYear } from './dates.ts'
import type { Registry } from './registry.ts'
import { someSummary } from './texts.ts'

/** Generates projects, cooperation bases and assistance programs. */

const someCurrency = ({ random }: Registry): string => random.mostlyEarly(['CNY', 'USD', 'EUR', 'GBP'])

function span({ random }: Registry): Row {
  const year = someYear(random)
  if (random.chance(0.05)) return {}
  return {
    startsOn: dateIn(year, random),
    endsOn: random.chance(0.6) ? dateIn(year + random.between(1, 8), random) : null,
  }
}

/** Adds a project. @param number its number, from 0. */
export function addProject(registry: Registry, number: number): void {
  const { random, world, recent, add } = registry
  const countries = someCountries(registry, someCount(registry))
  const topic = random.mostlyEarly(world.topics)
  const place = random.pick(countries)
  const money = random.chance(0.5)
  const projectId = addRecord(registry, projects, {
    title: `${place.name} ${topic.name.toLowerCase()} project, no. ${number}`,
    kind: random.pick(projectKinds),
    status: random.chance(0.9) ? random.mostlyEarly(activityStatuses) : null,
    ...span(registry),
    summary: random.chance(0.6) ? someSummary(topic.name, random) : null,
    ...someLocation(registry, place),
    budgetAmount: money ? someAmount(registry) : null,
    budgetCurrency: money ? someCurrency(registry) : null,
  })
  const owner = { projectId }
  addParticipants(registry, owner, countries, { first: 'lead', others: 'participant' })
  addTopics(registry, owner)
  addExternalId(registry, owner, number)
  addCitation(registry, owner, '/startsOn')
  if (recent.length > 0 && random.chance(0.4))
    add(projectAgreements, { ...owner, agreement: random.pick(recent), position: 0 })
}

/** Adds a cooperation base, or one record for a group of them. @param number its number, from 0. */
export function addBase(registry: Registry, number: number): void {
  const { random, world } = registry
  const countries = someCountries(registry, 2)
  const host = random.pick(countries)
  const topic = random.mostlyEarly(world.topics)
  const group = random.chance(0.05)
  const cooperationBaseId = addRecord(registry, cooperationBases, {
    name: `${host.name} ${topic.name.toLowerCase()} base${group ? 's' : ''}, no. ${number}`,
    kind: random.pick(baseKinds),
    level: random.chance(0.8) ? random.pick(baseLevels) : null,
    status: random.chance(0.8) ? random.pick(baseStatuses) : null,
    designatedOn: random.chance(0.9) ? dateIn(someYear(random), random) : null,
    unitCount: group ? random.between(2, 300) : 1,
    unitCountQualifier: group ? random.pick(['about', 'more_than', 'exact']) : 'exact',
    hostCountry: random.chance(0.9) ? host.code : null,
    ...someLocation(registry, host),
  })
  const owner = { cooperationBaseId }
  addParticipants(registry, owner, countries, { first: 'participant', others: 'partner' })
  addTopics(registry, owner)
  addExternalId(registry, owner, number)
  addCitation(registry, owner, '/designatedOn')
}

/** Adds an assistance program. @param number its number, from 0. */
export function addProgram(registry: Registry, number: number): void {
  const { random, world, recent, add } = registry
  const countries = someCountries(registry, 2)
  const topic = random.mostlyEarly(world.topics)
  const recipient = countries.at(-1) ?? random.pick(world.countries)
  const money = random.chance(0.7)
  const assistanceProgramId = addRecord(registry, assistancePrograms, {
    title: `Assistance in ${topic.name.toLowerCase()} for ${recipient.name}, no. ${number}`,
    modality: random.pick(modalities),
    status: random.mostlyEarly(activityStatuses),
    ...span(registry),
    summary: random.chance(0.6) ? someSummary(topic.name, random) : null,
    ...someLocation(registry, recipient),
    commitmentAmount: money ? someAmount(registry) : null,
    commitmentCurrency: money ? someCurrency(registry) : null,
  })
  const owner = { assistanceProgramId }
  addParticipants(registry, owner, countries, { first: 'donor', others: 'recipient' })
  addTopics(registry, owner)
  addExternalId(registry, owner, number)
  addCitation(registry, owner, '/startsOn')
  if (recent.length > 0 && random.chance(0.3))
    add(assistanceProgramAgreements, { ...owner, agreement: random.pick(recent), position: 0 })
}
