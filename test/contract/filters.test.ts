import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Operator } from '../../src/model/filters.ts'
import { lazyFor } from '../../src/model/lazy.ts'
import type { Resource } from '../../src/model/resource.ts'
import { urlFilters } from '../../src/model/url-filters.ts'
import { useTestApi } from '../support/api.ts'
import {
  type CreatedRecord,
  createRecord,
  type Document,
  keyIn,
  minimalDocument,
  nameProperty,
  type Page,
  seededKey,
  valueAt,
} from '../support/documents.ts'
import { findRecords } from '../support/find-records.ts'
import { fullDocument } from '../support/full-document.ts'
import { resources } from '../support/registry.ts'

const api = useTestApi()

/**
 * Pointers to the values of filters in a record, for filters whose names do not lead to their values. Such a filter is declared
 * by the resource itself or by a field that is an object. The resource `citations` adds `source` to all other resources.
 */
const pointers: Record<string, string> = {
  topic: '/slug',
  relatedTo: '/relations/0/agreement',
  resource: '/record/resource',
  record: '/record/id',
  inForceOn: '/inForceFrom',
  source: '/citations/0/source',
}

/** Returns the properties of a resource, each with the filters that its field declares. */
const filtersOfProperties = lazyFor((resource: Resource) =>
  Object.values(resource.boundFields).map(({ field, context }) => ({
    property: context.name,
    filters: field.query?.(context).filters ?? {},
  })),
)

/** Returns the values of the properties whose fields declare a filter; for the filter `happenedIn`, the dates of the event. */
function valuesOfFields(resource: Resource, filter: string, record: Document): unknown[] {
  const declaring = filtersOfProperties(resource).filter(({ filters }) => filter in filters)
  const dates = filter === 'happenedIn' ? (resource.eventDates ?? []) : []
  return [...declaring.map(({ property }) => property), ...dates].map((property) => record[property])
}

/** Returns the texts and numbers in a value at any depth, properties with the given name first. */
function leavesOf(value: unknown, name: string): (string | number)[] {
  if (typeof value === 'string' || typeof value === 'number') return [value]
  const entries = Object.entries(Object(value)).map(([property, part]) => ({ property, part }))
  const named = entries.filter(({ property }) => property === name)
  const others = entries.filter(({ property }) => property !== name)
  return [...named, ...others].flatMap(({ part }) => leavesOf(part, name))
}

/** Creates a citation of a record. Returns the citation, and the broadest topic above the record's first topic. */
async function relatedValues(resource: Resource, { key, record }: CreatedRecord): Promise<Document> {
  if (resource.name === 'citations') return {}
  const citation = { source: await seededKey(api, 'sources'), record: { resource: resource.name, id: key } }
  const citations = [(await api.post('/v1/citations', citation)).json<Document>()]
  const topic = valueAt(record, '/topics/0')
  return { citations, ...(typeof topic === 'string' && { broadestTopic: await broadestTopic(topic) }) }
}

/** Returns the root of the hierarchy that contains a topic. */
async function broadestTopic(slug: string): Promise<string> {
  const { broader } = (await api.get(`/v1/topics/${slug}`)).json<{ broader: string | null }>()
  return broader === null ? slug : await broadestTopic(broader)
}

/** Values of filters that are not in a record: the subregion in which China lies, and Pakistan as a partner. */
const otherValues: Record<string, string> = { subregion: '030', partnerOf: 'PAK' }

/** Values of filters for records without such a value: the region in which China lies, and the country of the cited record. */
const fallbacks: Record<string, string> = { region: '142', country: 'PAK' }

/** A filter value that matches a record. */
function valueFor(resource: Resource, filter: string, record: Document): string {
  const [id] = Array.isArray(record.externalIds) ? record.externalIds : []
  if (filter === 'externalId') return `${id?.scheme}:${id?.id}`
  if (filter === 'q') return `"${record[nameProperty(resource)]}"`
  const pointer = pointers[filter]
  const inRecord = [pointer === undefined ? record[filter] : valueAt(record, pointer)]
  const found = [...inRecord, ...valuesOfFields(resource, filter, record)]
    .flatMap((value) => leavesOf(value, filter))
    .find((leaf) => resource.filters[filter]?.value.safeParse(String(leaf)).success)
  return otherValues[filter] ?? String(found ?? fallbacks[filter])
}

/** Operands of operators that take something other than a value of their filter, such as a role. */
const operands: Partial<Record<Operator, (record: Document) => string>> = {
  isNull: () => 'true',
  year: () => 'unknown',
  decade: () => '198X',
  month: () => '1985-04',
  noneAs: (record) => String(valueAt(record, '/parties/0/role') ?? valueAt(record, '/participants/0/role')),
}

const unknownId = '00000000-0000-7000-8000-000000000000'

/** Whether a filter depends on records other than the one that it finds. */
const dependsOnOthers = ({ name }: Resource, filter: string) =>
  filter === 'partnerOf' || (name === 'citations' && filter === 'country')

const encoded = (filter: string, operator: string, value: string) =>
  `${filter}${operator === 'eq' ? '' : `[${operator}]`}=${encodeURIComponent(value)}`

describe.each(resources)('filtering $name', (resource) => {
  const property = resource.key.property
  const filters = Object.entries(resource.filters)
  const withOperator = (operator: Operator) =>
    filters.filter(([, { comparisons }]) => comparisons[operator]).map(([filter]) => filter)

  let full: CreatedRecord
  let small: CreatedRecord
  let everything: string[]
  beforeAll(async () => {
    // A country in a subregion is also in the region above.
    const subregion = resource.name === 'countries' && { region: '030' }
    const document = await fullDocument(resource, api)
    const amounts = Array.isArray(document.amounts) && {
      amounts: document.amounts.map((amount) => ({ ...amount, date: '1985' })),
    }
    full = await createRecord(resource, api, { ...document, ...subregion, ...amounts })
    full.record = { ...full.record, ...(await relatedValues(resource, full)) }
    small = await createRecord(resource, api, await minimalDocument(resource, api))
    everything = await keys('')
  })

  const foundByQuery = new Map<string, Promise<string[]>>()
  /** The keys of all records that a query finds, in order. The tests write nothing, so each query is sent only once. */
  function keys(query: string): Promise<string[]> {
    const found =
      foundByQuery.get(query) ??
      findRecords(api, resource, query).then((records) => records.map((record) => keyIn(resource, record)))
    foundByQuery.set(query, found)
    return found
  }
  const find = (filter: string, operator: string, value = valueFor(resource, filter, full.record)) =>
    keys(encoded(filter, operator, value))

  it.each(
    filters.flatMap(([filter, { comparisons }]) =>
      Object.keys(comparisons).map((operator) => ({ filter, operator })),
    ),
  )(
    'by $filter with $operator returns a subset of the list, in the same order',
    async ({ filter, operator }) => {
      // The keys of comparisons are operators.
      const operand = operands[operator as Operator]
      const value = operand?.(full.record) ?? valueFor(resource, filter, full.record)
      const found = await find(filter, operator, value)
      expect(found).toEqual(everything.filter((key) => found.includes(key)))
      if (!(operator in (urlFilters(resource)[filter]?.comparisons ?? {}))) return
      const counted = await api.get(`/v1/${resource.name}?count=exact&${encoded(filter, operator, value)}`)
      expect(counted.json<Page>().page.total).toEqual({ count: found.length, relation: 'exact' })
    },
  )

  it.each(withOperator('eq').filter((filter) => !dependsOnOthers(resource, filter)))(
    'by %s finds a record with the value, and no record with another value or none',
    async (filter) => {
      const value = valueFor(resource, filter, full.record)
      const found = await find(filter, 'eq', value)
      expect(found).toContain(full.key)
      const hasSameValue =
        !['region', 'subregion'].includes(filter) && value === valueFor(resource, filter, small.record)
      expect(found.includes(small.key)).toBe(hasSameValue)
    },
  )

  it.each(withOperator('ne'))(
    'by %s with eq and ne divides the list into two parts without overlap',
    async (filter) => {
      const [equal, other] = [await find(filter, 'eq'), await find(filter, 'ne')]
      expect(equal).toContain(full.key)
      expect(equal.filter((key) => other.includes(key))).toEqual([])
      expect([...equal, ...other].sort()).toEqual(everything.toSorted())
    },
  )

  it.each(withOperator('isNull'))(
    'by %s with isNull divides the list into two parts without overlap',
    async (filter) => {
      const [none, some] = [await find(filter, 'isNull', 'true'), await find(filter, 'isNull', 'false')]
      expect(some).toContain(full.key)
      expect(none.filter((key) => some.includes(key))).toEqual([])
      expect([...none, ...some].sort()).toEqual(everything.toSorted())
    },
  )

  it.each([
    ...withOperator('all').map((filter) => ({ filter, operator: 'all' as const })),
    ...withOperator('allDirectly').map((filter) => ({ filter, operator: 'allDirectly' as const })),
  ])('by $filter with $operator finds only records with each of the values', async ({ filter, operator }) => {
    const value = valueFor(resource, filter, full.record)
    expect(await find(filter, operator)).toContain(full.key)
    expect(await keys(`${filter}[${operator}]=${value},${value}`)).toEqual(await find(filter, operator))
    const schema = resource.filters[filter]?.value
    const unused = ['ZZZ', '999', unknownId, 'no-such-topic', 'xx']
    const other =
      schema instanceof z.ZodEnum ? schema.options[0] : unused.find((text) => schema?.safeParse(text).success)
    expect(await keys(`${filter}[${operator}]=${value},${other}`)).not.toContain(full.key)
  })

  it.each(withOperator('noneAs'))(
    'by %s with noneAs finds records without such a participant in the role',
    async (filter) => {
      const parts = Object(full.record.parties ?? full.record.participants)
      const [role] = parts.map((part: Document) => part.role)
      expect(await find(filter, 'noneAs', role)).not.toContain(full.key)
      const roleSchema = resource.filters.role?.value
      expect(roleSchema).toBeInstanceOf(z.ZodEnum)
      const unused = roleSchema instanceof z.ZodEnum ? String(roleSchema.options[0]) : ''
      expect(await find(filter, 'noneAs', unused)).toContain(full.key)
      // A role after the value restricts `all` to participants with this role.
      const value = valueFor(resource, filter, full.record)
      expect(await find(filter, 'all', `${value}:${role}`)).toContain(full.key)
      expect(await find(filter, 'all', `${value}:${unused}`)).not.toContain(full.key)
    },
  )

  it.each(withOperator('year'))(
    'by %s finds records whose date has an unknown year, decade or month',
    async (filter) => {
      // The date is 1985-04/.., which has no last day.
      for (const operator of ['year', 'decade', 'month'] as const) {
        expect(await find(filter, operator, 'unknown')).toContain(full.key)
      }
      expect(await find(filter, 'year', '1985')).not.toContain(full.key)
    },
  )

  it.each(withOperator('gte'))(
    'by %s with gte and lte includes an equal value, unlike gt and lt',
    async (filter) => {
      const [gte, lte] = [await find(filter, 'gte'), await find(filter, 'lte')]
      expect(gte).toContain(full.key)
      expect(lte).toContain(full.key)
      const [gt, lt] = [await find(filter, 'gt'), await find(filter, 'lt')]
      expect(gt).not.toContain(full.key)
      expect(lt).not.toContain(full.key)
      expect(gt.filter((key) => !gte.includes(key))).toEqual([])
      expect(lt.filter((key) => !lte.includes(key))).toEqual([])
    },
  )

  it.each(withOperator('certainlyGte'))(
    'by %s with certainlyGte finds only records that gte finds, and so for Gt, Lt and Lte',
    async (filter) => {
      for (const operator of ['Gt', 'Gte', 'Lt', 'Lte']) {
        const certain = await find(filter, `certainly${operator}`, '2000')
        const possible = await find(filter, operator.toLowerCase(), '2000')
        expect(certain.filter((key) => !possible.includes(key))).toEqual([])
      }
      // The date is 1985-04/.., which is certainly not before that April, and can be any later date.
      expect(await find(filter, 'certainlyGte', '1985-04')).toContain(full.key)
      expect(await find(filter, 'gte', '2000')).toContain(full.key)
      expect(await find(filter, 'certainlyGte', '2000')).not.toContain(full.key)
    },
  )

  it('by several values is a union: with commas, as repeated parameters, or as name[]=value', async () => {
    const [one, two] = [full.key, everything.find((key) => key !== full.key) ?? '']
    const expected = everything.filter((key) => key === one || key === two)
    expect(expected).toHaveLength(2)
    expect(await keys(`${property}=${one},${two}`)).toEqual(expected)
    expect(await keys(`${property}=${two}&${property}=${one}`)).toEqual(expected)
    expect(await keys(`${property}[]=${two}&${property}[]=${one}`)).toEqual(expected)
    expect(await keys(`${property}=${two}&${property}[]=${one}`)).toEqual(expected)
    const others = everything.filter((key) => !expected.includes(key))
    for (const exclusion of [
      `${property}[ne]=${one},${two}`,
      `${property}[ne]=${one}&${property}[ne]=${two}`,
      `${property}[ne][]=${one}&${property}[ne][]=${two}`,
    ])
      expect(await keys(exclusion)).toEqual(others)
  })

  it('by several filters is an intersection', async () => {
    const [first, ...rest] = withOperator('eq').filter((filter) => !dependsOnOthers(resource, filter))
    const value = (filter: string) => encoded(filter, 'eq', valueFor(resource, filter, full.record))
    for (const other of rest) {
      expect(await keys(`${value(first ?? '')}&${value(other)}`)).toEqual([full.key])
    }
    expect(await keys(`${property}=${full.key}&${property}[ne]=${full.key}`)).toEqual([])
    expect(await keys(`${property}=${small.key}&${property}[ne]=${full.key}`)).toEqual([small.key])
  })
})
