import type { PgTable } from 'drizzle-orm/pg-core'
import type { Row } from '../../database/rows.ts'
import { citations } from '../../database/tables/citations.ts'
import { externalIds } from '../../database/tables/external-ids.ts'
import { participations } from '../../database/tables/participations.ts'
import { topicLinks } from '../../database/tables/topic-links.ts'
import type { Registry } from './registry.ts'

/** Generates the parts that agreements, projects, bases and programs share. */

/** The foreign key column of a shared table, with the id of the record. */
export type Owner = Partial<
  Record<'agreementId' | 'projectId' | 'cooperationBaseId' | 'assistanceProgramId', string>
>

type Country = Registry['world']['countries'][number]

/** Chooses different countries, a few of them much more often than the others. */
export function someCountries({ random, world }: Registry, count: number): Country[] {
  const chosen = new Map<string, Country>()
  for (let tries = 0; chosen.size < count && tries < count * 20; tries++) {
    const country = random.mostlyEarly(world.countries)
    chosen.set(country.code, country)
  }
  return [...chosen.values()]
}

/** Chooses a number of participants: mostly 2, at most 20. */
export const someCount = ({ random }: Registry): number =>
  random.weighted([
    [2, 84],
    [3, 10],
    [4, 4],
    [random.between(5, 20), 2],
  ])

const asCountry = ({ code }: Country): Row => ({ country: code })

/** The countries as actors, sometimes with an organization or a region after them. */
function someActors(registry: Registry, countries: Country[]): Row[] {
  const { random, organizations, world } = registry
  const actors = countries.map(asCountry)
  if (organizations.length > 0 && random.chance(0.12))
    actors.push({ organization: random.mostlyEarly(organizations) })
  if (random.chance(0.01)) actors.push({ region: random.pick(world.regions) })
  return actors
}

/**
 * Adds the participants of a record.
 * @param roles the role of the first actor, and that of the others.
 * @returns the ids of the participations.
 */
export function addParticipants(
  registry: Registry,
  owner: Owner,
  countries: Country[],
  roles: { first: string; others: string },
): string[] {
  return someActors(registry, countries).map((actor, position) => {
    const id = registry.identities.uuid()
    const role = position === 0 ? roles.first : roles.others
    registry.add(participations, { id, ...owner, ...actor, position, role })
    return id
  })
}

/** Adds one to three topics of a record. @returns the first one. */
export function addTopics(registry: Registry, owner: Owner): Registry['world']['topics'][number] {
  const { random, world } = registry
  const first = random.mostlyEarly(world.topics)
  const others = [0.5, 0.2].filter((probability) => random.chance(probability))
  const topics = new Set([first, ...others.map(() => random.mostlyEarly(world.topics))])
  ;[...topics].forEach(({ slug }, position) => {
    registry.add(topicLinks, { ...owner, topic: slug, position })
  })
  return first
}

/** Adds an external id of a record. */
export function addExternalId(registry: Registry, owner: Owner, number: number): void {
  const id = `${registry.seed}-${number}`
  registry.add(externalIds, { ...owner, scheme: 'generated', id, position: 0 })
}

/** Adds a citation for three records of ten: of the whole record, or of one property. */
export function addCitation(registry: Registry, owner: Owner, property: string): void {
  const { random, sources, identities } = registry
  if (!random.chance(0.3)) return
  registry.add(citations, {
    ...identities.record(),
    ...owner,
    source: random.mostlyEarly(sources),
    property: random.chance(0.5) ? property : null,
    page: String(random.between(1, 300)),
    rank: random.weighted([
      ['normal', 90],
      ['preferred', 8],
      ['deprecated', 2],
    ]),
  })
}

/** The columns of a location in a country; none for three records of ten. */
export function someLocation({ random }: Registry, country: Country): Row {
  if (!random.chance(0.7)) return {}
  return {
    locationName: `${random.pick(['Northern', 'Southern', 'Old', 'New', 'Upper'])} ${country.name}`,
    locationCountry: country.code,
    latitude: random.between(-55_000, 70_000) / 1000,
    longitude: random.between(-180_000, 180_000) / 1000,
  }
}

/** Chooses an amount of money from 10^3 to 10^9. */
export const someAmount = ({ random }: Registry): number =>
  random.between(1, 999) * 10 ** random.between(3, 6)

/** Adds the row of a record, with its id and timestamps. @returns the id. */
export function addRecord(registry: Registry, table: PgTable, row: Row): string {
  const own = registry.identities.record()
  registry.add(table, { ...own, ...row })
  return own.id
}
