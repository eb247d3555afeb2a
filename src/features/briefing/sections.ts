import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import type { AggregateRow } from '../../operations/aggregate.ts'
import { maxGroups } from './limits.ts'
import type { QueryRunner } from './query-runner.ts'

/** The dimensions by which a section groups records, if the resource has them, in addition to year and partner. */
const sectionDimensions = ['kind', 'modality', 'status', 'topic'] as const

/** The names of the groups of sections. */
export const sectionGroups = ['year', 'kind', 'modality', 'status', 'topic', 'partner'] as const

/** Returns the resources with participants. A briefing has a section for each of them. */
export const briefingResources = (registry: Registry): Resource[] =>
  registry.resources.filter(({ name }) => registry.participants.has(name))

/** The dimension of the year of the first event date, if the resource has one. */
const yearDimension = ({ dimensions, eventDates }: Resource): string | undefined =>
  Object.entries(dimensions).find(
    ([name, { groupFilter }]) => groupFilter.filter === eventDates?.[0] && name.endsWith('Year'),
  )?.[0]

const groupsJson = ({ data, groups }: Omit<AggregateRow, 'total'>): string =>
  `{"data":[${data}],"groups":${groups}}`

/** Returns the groups of a query by partner: by country, without the country itself, which is not its own partner. */
async function groupByPartner(
  queries: QueryRunner,
  resource: Resource,
  query: string,
  code: string,
): Promise<AggregateRow> {
  const grouping = `groupBy=country&sort=-count&limit=${maxGroups.country + 1}`
  const { data, groups, total } = await queries.group(resource, query, grouping)
  const all: { key: { country: string | null } }[] = JSON.parse(`[${data}]`)
  const others = all.filter(({ key }) => key.country !== code).slice(0, maxGroups.country)
  return { data: others.map((group) => JSON.stringify(group)).join(), groups: Math.max(groups - 1, 0), total }
}

/**
 * Returns the JSON of a section: the number of records of a query, and their groups by year, kind, modality, status,
 * topic and partner.
 * @param query filters, one of which is the country.
 * @param code code of this country.
 */
export async function sectionJson(
  queries: QueryRunner,
  resource: Resource,
  query: string,
  code: string,
): Promise<string> {
  const parts: string[] = []
  let count: number | undefined
  const add = (name: string, groups: AggregateRow) => {
    count ??= groups.total
    parts.push(`"${name}":${groupsJson(groups)}`)
  }
  const year = yearDimension(resource)
  if (year !== undefined) {
    add('year', await queries.group(resource, query, `groupBy=${year}&sort=${year}&limit=${maxGroups.year}`))
  }
  for (const name of sectionDimensions) {
    if (!(name in resource.dimensions)) continue
    const limit = name === 'topic' ? maxGroups.topic : maxGroups.other
    add(name, await queries.group(resource, query, `groupBy=${name}&sort=-count&limit=${limit}`))
  }
  if ('country' in resource.dimensions) add('partner', await groupByPartner(queries, resource, query, code))
  count ??= (await queries.count(resource, query)).count
  return `{"count":${count},"list":${JSON.stringify(queries.listPath(resource, query))},"groups":{${parts.join()}}}`
}

/** Returns the JSON of the amounts of a query by year, kind of amount and currency, for a resource that has amounts. */
export async function amountsJson(queries: QueryRunner, resource: Resource, query: string): Promise<string> {
  // The kind and the currency: amounts of different kinds or currencies cannot be added.
  const { singleValued = [] } = resource.measures.amount ?? {}
  const keys = [yearDimension(resource), ...singleValued].filter((name) => name !== undefined).join()
  const groups = await queries.group(
    resource,
    query,
    `groupBy=${keys}&measures=count,sum:amount&sort=${keys}&limit=${maxGroups.amount}`,
  )
  return `{"count":${groups.total},"list":${JSON.stringify(queries.listPath(resource, query))},"amounts":${groupsJson(groups)}}`
}

/** Returns the JSON of the cooperation bases of a query by kind, with the number of bases that their records represent. */
export const unitsJson = async (queries: QueryRunner, bases: Resource, query: string): Promise<string> =>
  groupsJson(
    await queries.group(
      bases,
      query,
      `groupBy=kind&measures=count,sum:unitCount&sort=-count&limit=${maxGroups.other}`,
    ),
  )

/** Returns the JSON of the sources that are cited for records of a country, those with the most citations first. */
export const sourcesJson = async (queries: QueryRunner, citations: Resource, code: string): Promise<string> =>
  groupsJson(
    await queries.group(citations, `country=${code}`, `groupBy=source&sort=-count&limit=${maxGroups.other}`),
  )
