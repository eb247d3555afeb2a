import { z } from 'zod'
import { keys } from '../../model/keys.ts'
import type { Registry } from '../../model/registry.ts'
import { edtf } from '../../model/schemas.ts'
import { maxTop } from '../../query/aggregate.ts'
import { asOfName } from '../../query/past.ts'
import { namesInclude } from '../../query/representation.ts'
import { fetchJson } from '../api-fetch.ts'
import { resourcesKnownByName } from '../names/index.ts'
import { networkResources } from '../network/selection.ts'
import { maxQueryLength, searchedText } from '../search/search.ts'
import { apiPath, type Query, RefusedError } from './api-path.ts'
import { describeRegistry, describeResource } from './describe.ts'
import { type Inputs, makeInputs, optionalList } from './inputs.ts'
import { fetchCitations, fetchExchange, type Tool, tool, toolResult } from './tool.ts'

/**
 * Maximum numbers of items in a result, since an agent reads all of them. `pairs` are the pairs of countries in a network,
 * or the partners of one country.
 */
const maxItems = { records: 50, groups: 200, pairs: 100 } as const

/** Returns the name of the filter of a parameter: `signedOn` for `signedOn[gte]`. */
const filterName = (parameter: string): string => parameter.replace(/\[.*$/s, '')

/** Returns a function that explains an unknown input of a tool if it is a filter of some resource. */
const explainFilter =
  ({ resources }: Registry) =>
  (input: string): string | undefined =>
    resources.some(({ filters }) => Object.hasOwn(filters, filterName(input)))
      ? 'is a filter: write it in "filters"'
      : undefined

/**
 * Returns the query of a request with filters.
 * @param inputs the parameters that are inputs of the tool, including those without a value. An `asOf` without a value is not
 * among them, since the filters may have one.
 * @throws RefusedError for a filter with the name of such a parameter, since one of the two values would be lost.
 */
function joinQuery(filters: Query = {}, inputs: Query): Query {
  const reserved = Object.keys(filters).find((parameter) => Object.hasOwn(inputs, filterName(parameter)))
  if (reserved !== undefined)
    throw new RefusedError(
      `"${reserved}" is not a filter: use the input of the tool with this meaning, and leave it out of "filters".`,
    )
  return { ...filters, ...inputs }
}

const describeTool = ({ resource }: Inputs, registry: Registry): Tool =>
  tool({
    name: 'describe',
    title: 'Describe the registry',
    description:
      'Without an input, the resources of the registry; with a resource, its properties, filters with operators, sort keys, dimensions and measures. Call it before list and aggregate.',
    inputs: { resource: resource.optional() },
    run: async ({ resource: name }) => {
      const described = name === undefined ? describeRegistry(registry) : describeResource(registry.get(name))
      return { content: [{ type: 'text', text: JSON.stringify(described) }] }
    },
  })

const resolveTool = ({ resource }: Inputs, registry: Registry): Tool =>
  tool({
    name: 'resolve',
    title: 'Resolve a name',
    description:
      'Finds the key of a country, region, organization, topic or other record by its name, in any spelling or language that the registry knows, including former names and states. For each resource, `resolutions` says whether the name means exactly one record; if not, it lists the candidates. Filters take keys, not names.',
    inputs: {
      name: searchedText(300),
      resource: resource.optional(),
      on: edtf(
        'Date of the event in which the name occurs, since a name may have meant another state then.',
      ).optional(),
      country: keys
        .country()
        .optional()
        .describe('Country of the organization, since authorities of several countries have the same name.'),
    },
    run: async ({ name, resource, on, country }, api) => {
      const resources = resource === undefined ? resourcesKnownByName(registry) : [resource]
      const queries = resources.map((resource) => ({ resource, name, on, country }))
      const { data } = await fetchJson<{ data: unknown[] }>(api, '/v1/resolve', { queries })
      const resolutions = Object.fromEntries(resources.map((resource, index) => [resource, data[index]]))
      // A search takes fewer characters than the resolution.
      const found = await fetchExchange(
        api,
        apiPath(['search'], { q: name.trim().slice(0, maxQueryLength), resource, limit: 5 }),
      )
      return toolResult(found, { resolutions: JSON.stringify(resolutions) })
    },
  })

const searchTool = ({ resource, limit, asOf }: Inputs): Tool =>
  tool({
    name: 'search',
    title: 'Search all records',
    description: 'Full-text search across all resources, ranked, with a snippet and the path of each record.',
    inputs: {
      q: searchedText(maxQueryLength),
      resources: optionalList(resource),
      limit: limit(maxItems.records),
      asOf,
    },
    run: async ({ q, resources, limit = 10, asOf }, api) =>
      toolResult(
        await fetchExchange(api, apiPath(['search'], { q, resource: resources?.join(), limit, asOf })),
      ),
  })

const getTool = ({ resource, key, asOf }: Inputs, registry: Registry): Tool =>
  tool({
    name: 'get',
    title: 'Get a record',
    description:
      'One record with its citations (the sources of its facts) and its latest changes. With asOf, the record and the citations are as of then; the changes are always the latest.',
    inputs: { resource, key, asOf },
    run: async ({ resource, key, asOf }, api) => {
      // With the names of the records to which it refers, since agents cannot read ids.
      const record = await fetchExchange(api, apiPath([resource, key], { include: namesInclude, asOf }))
      // The key of a merged record leads to another record, unless `asOf` is before the merge.
      const found = String(JSON.parse(record.text)[registry.get(resource).key.property])
      const historyPath = apiPath([resource, found, 'history'], { limit: 5, follow: 'false' })
      const history = await fetchJson<{ data: unknown[] }>(api, historyPath)
      return toolResult(record, {
        ...(await fetchCitations(api, resource, [found], asOf)),
        history: JSON.stringify(history.data),
      })
    },
  })

const listTool = ({ resource, filters, limit, asOf }: Inputs, registry: Registry): Tool =>
  tool({
    name: 'list',
    title: 'List records',
    description:
      'Records of a resource that match filters, with their citations and the cursor of the next page.',
    inputs: {
      resource,
      filters,
      sort: z.string().max(200).optional().describe('Sort keys, separated by commas; `-` for descending.'),
      fields: optionalList(z.string().max(100)).describe('Properties to return; all when left out.'),
      count: z.boolean().optional().describe('Counts all matching records.'),
      limit: limit(maxItems.records),
      cursor: z.string().max(12_000).optional(),
      asOf,
    },
    explainUnknown: explainFilter(registry),
    run: async ({ resource, filters, sort, fields, count, limit = 10, cursor, asOf }, api) => {
      const { property } = registry.get(resource).key
      const asOfParameter = asOfName(registry.get(resource))
      const { include, ...conditions } = filters ?? {}
      const included = new Set([namesInclude, ...(include?.split(',') ?? [])])
      const query = joinQuery(conditions, {
        ...(asOf !== undefined && { [asOfParameter]: asOf }),
        sort,
        // The key is needed for the citations.
        fields: fields && [...new Set([property, ...fields])].join(),
        limit,
        cursor,
        count: count ? 'exact' : undefined,
      })
      const page = await fetchExchange(api, apiPath([resource], { include: [...included].join(), ...query }))
      const { data }: { data: Record<string, unknown>[] } = JSON.parse(page.text)
      const citations = await fetchCitations(
        api,
        resource,
        data.map((record) => String(record[property])),
        asOf ?? filters?.[asOfParameter],
      )
      return toolResult(page, citations)
    },
  })

const aggregateTool = ({ resource, filters, limit, asOf }: Inputs, registry: Registry): Tool =>
  tool({
    name: 'aggregate',
    title: 'Count and sum records',
    description:
      'Counts records of a resource, or computes sums, averages, minima and maxima of their values, by one to three dimensions. Each group has the path of the list of its records, which you can cite.',
    inputs: {
      resource,
      groupBy: z.array(z.string().max(100)).min(1).max(3),
      measures: optionalList(z.string().max(100)).describe(
        'Such as count, sum:amount, avg:amount, or countDistinct:country; any dimension may follow countDistinct:',
      ),
      filters,
      having: z.string().max(200).optional().describe('Such as count>=5.'),
      sort: z.string().max(200).optional().describe('Such as -count.'),
      limit: limit(maxItems.groups),
      top: limit(maxTop).describe(
        'Number of the largest groups to return, with all others as one group. Only with one dimension, and without sort, having and limit.',
      ),
      asOf,
    },
    explainUnknown: explainFilter(registry),
    run: async (input, api) => {
      const { resource, groupBy, measures, filters, having, sort, top, asOf } = input
      const query = joinQuery(filters, {
        ...(asOf !== undefined && { [asOfName(registry.get(resource))]: asOf }),
        groupBy: groupBy.join(),
        measures: measures?.join(),
        having,
        sort,
        limit: input.limit ?? (top === undefined ? 50 : undefined),
        top,
      })
      return toolResult(await fetchExchange(api, apiPath([resource, 'aggregate'], query)))
    },
  })

const networkTool = ({ limit, asOf, country }: Inputs, registry: Registry): Tool =>
  tool({
    name: 'network',
    title: 'Who cooperates with whom',
    description:
      'The pairs of countries with the most shared records. With `country`, the partners of this country, each with the searches that find the shared records.',
    inputs: {
      country: country.optional(),
      from: z
        .string()
        .max(60)
        .optional()
        .describe('Only records that may have happened on or after this EDTF date, such as 2006.'),
      to: z
        .string()
        .max(60)
        .optional()
        .describe('Only records that may have happened on or before this EDTF date.'),
      topic: z.string().max(200).optional().describe('Key of a topic, such as energy.'),
      region: z.string().max(50).optional().describe('Key of a region, such as 142 for Asia.'),
      resources: optionalList(z.enum(networkResources(registry).map(({ resource }) => resource.name))),
      limit: limit(maxItems.pairs),
      asOf,
    },
    run: async ({ country, resources, limit = 20, ...others }, api) => {
      const segments = country === undefined ? ['network'] : ['countries', country, 'network']
      return toolResult(
        await fetchExchange(api, apiPath(segments, { ...others, resource: resources?.join(), limit })),
      )
    },
  })

const briefingTool = ({ asOf, country }: Inputs): Tool =>
  tool({
    name: 'briefing',
    title: 'Brief on a country',
    description:
      'A summary of what the registry has about a country: its agreements, projects, bases and programs by year, kind, status, topic and partner; the agreements in force, and those that expire within a year; the latest changes; the figures that sources state beside the counts of the registry; and sources. Each number has the path of the list of its records.',
    inputs: { country, asOf },
    run: async ({ country, asOf }, api) =>
      toolResult(await fetchExchange(api, apiPath(['countries', country, 'briefing'], { asOf }))),
  })

/** Returns the tools of a registry. There are at most eight, since agents read all definitions in every conversation. */
export function agentTools(registry: Registry): Tool[] {
  const inputs = makeInputs(registry)
  return [
    describeTool,
    resolveTool,
    searchTool,
    getTool,
    listTool,
    aggregateTool,
    networkTool,
    briefingTool,
  ].map((declare) => declare(inputs, registry))
}
