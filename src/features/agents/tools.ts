import type { CallToolResult } from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { Registry } from '../../model/registry.ts'
import type { ApiFetch } from '../../operations/api-fetch.ts'
import { asOfName } from '../../query/past.ts'
import { maxQueryLength } from '../search/search.ts'
import { pathOf, type Query, RefusedError, readJson } from './api.ts'
import { describeRegistry, describeResource } from './describe.ts'

/** A tool for agents. All tools only read. */
export interface Tool {
  name: string
  title: string
  description: string
  input: z.ZodObject
  run(input: unknown, api: ApiFetch): Promise<CallToolResult>
}

/**
 * Maximum numbers of items in a result, since an agent reads all of them. `pairs` are the pairs of countries in a network,
 * or the partners of one country.
 */
const limits = { records: 50, groups: 200, pairs: 100 } as const

/** Maximum number of citations in a result; further ones are left out. */
const maxCitations = 200

/** The resources in which `resolve` looks for a name if the agent names none. */
const defaultResources = ['countries', 'organizations', 'regions', 'topics']

/** The path of an API request, which an agent can cite, and the JSON text of its response. */
const exchange = (path: string, text: string) => ({ path, text })

type Exchange = ReturnType<typeof exchange>

/** Returns the result of a tool: the path, the response, and further properties. @param more JSON texts by property. */
function toolResult({ path, text }: Exchange, more: Record<string, string> = {}): CallToolResult {
  const parts = Object.entries(more).map(([name, part]) => `,"${name}":${part}`)
  return {
    content: [
      { type: 'text', text: `{"request":${JSON.stringify(path)},"response":${text}${parts.join('')}}` },
    ],
  }
}

/** Returns the result of a tool whose request was refused: the text of the problem. */
const refusedResult = ({ problem }: RefusedError): CallToolResult => ({
  content: [{ type: 'text', text: problem }],
  isError: true,
})

async function fetchExchange(api: ApiFetch, path: string): Promise<Exchange> {
  return exchange(path, await readJson(api, path))
}

/** Returns the JSON of the citations of records, at most `maxCitations`, with their sources: now, or as of `asOf`. */
async function fetchCitations(
  api: ApiFetch,
  resource: string,
  keys: readonly string[],
  asOf?: string,
): Promise<string> {
  if (keys.length === 0 || resource === 'citations') return '[]'
  const query = { resource, record: keys.join(), include: 'sourceDetails', limit: maxCitations, asOf }
  const fields = 'id,source,record,property,locator,excerpt,rank'
  const { data } = JSON.parse(await readJson(api, pathOf(['citations'], { ...query, fields })))
  return JSON.stringify(data)
}

/** Declares a tool whose `run` gets typed input. If the API refuses a request, the problem is the result of the tool. */
function tool<Input extends z.ZodObject>(
  name: string,
  title: string,
  description: string,
  input: Input,
  run: (input: z.output<Input>, api: ApiFetch) => Promise<CallToolResult>,
): Tool {
  return {
    name,
    title,
    description,
    input,
    async run(given, api) {
      try {
        return await run(input.parse(given), api)
      } catch (error) {
        if (error instanceof RefusedError) return refusedResult(error)
        throw error
      }
    },
  }
}

/** Returns the tools of a registry. They are at most eight, since agents read all definitions in every conversation. */
export function agentTools(registry: Registry): Tool[] {
  const resource = z.enum(registry.resources.map(({ name }) => name))
  const key = z.string().min(1).max(200)
  const filters = z
    .record(z.string().max(100), z.string().max(2000))
    .optional()
    .describe(
      'Filters of the resource, such as {"country":"PAK","signedOn[gte]":"2011"}; a comma separates alternatives.',
    )
  const limit = (max: number) => z.int().min(1).max(max).optional()
  const asOf = z
    .string()
    .max(40)
    .optional()
    .describe('Reads the registry as of an earlier time (RFC 3339 or a date).')
  const country = z.string().max(10).describe('ISO 3166-1 alpha-3 code, such as PAK.')

  return [
    tool(
      'describe',
      'Describe the registry',
      'The resources of the registry, or of one resource the properties, filters with operators, sort keys, dimensions and measures. Call it before list and aggregate.',
      z.object({ resource: resource.optional() }),
      async ({ resource: name }) => {
        const described =
          name === undefined ? describeRegistry(registry) : describeResource(registry.get(name))
        return { content: [{ type: 'text', text: JSON.stringify(described) }] }
      },
    ),
    tool(
      'resolve',
      'Resolve a name',
      'Finds the key of a country, region, organization, topic or other record by its name, in any spelling or language, former names and states included. `resolutions` says by resource whether exactly one record is meant, and if not, which may be. Filters take keys, not names.',
      z.object({
        name: z.string().max(300),
        resource: resource.optional(),
        on: z
          .string()
          .max(60)
          .optional()
          .describe(
            'EDTF date of the event in which the name occurs, since a name may have meant another state then.',
          ),
      }),
      async ({ name, resource, on }, api) => {
        const wanted =
          resource === undefined ? defaultResources.filter((one) => registry.find(one)) : [resource]
        const queries = wanted.map((one) => ({ resource: one, name, on }))
        const { data } = JSON.parse(await readJson(api, '/v1/resolve', { queries }))
        const resolutions = Object.fromEntries(wanted.map((one, index) => [one, data[index]]))
        const found = await fetchExchange(
          api,
          pathOf(['search'], { q: name.slice(0, maxQueryLength), resource, limit: 5 }),
        )
        return toolResult(found, { resolutions: JSON.stringify(resolutions) })
      },
    ),
    tool(
      'search',
      'Search all records',
      'Full-text search across all resources, ranked, with a snippet and the path of each record.',
      z.object({
        q: z.string().max(maxQueryLength),
        resources: z.array(resource).optional(),
        limit: limit(limits.records),
        asOf,
      }),
      async ({ q, resources, limit = 10, asOf }, api) =>
        toolResult(
          await fetchExchange(api, pathOf(['search'], { q, resource: resources?.join(), limit, asOf })),
        ),
    ),
    tool(
      'get',
      'Get a record',
      'One record with its citations (the sources of its facts) and its latest changes. With asOf, the record and the citations are as of then; the changes are always the latest.',
      z.object({ resource, key, asOf }),
      async ({ resource, key, asOf }, api) => {
        const record = await fetchExchange(api, pathOf([resource, key], { asOf }))
        // The key of a merged record leads to another record, except with a time before the merge.
        const found = String(JSON.parse(record.text)[registry.get(resource).key.property])
        const historyPath = pathOf([resource, found, 'history'], { limit: 5, follow: 'false' })
        const history = JSON.parse(await readJson(api, historyPath))
        return toolResult(record, {
          citations: await fetchCitations(api, resource, [found], asOf),
          history: JSON.stringify(history.data),
        })
      },
    ),
    tool(
      'list',
      'List records',
      'Records of a resource that match filters, with their citations and the cursor of the next page.',
      z.object({
        resource,
        filters,
        sort: z.string().max(200).optional().describe('Sort keys, separated by commas; `-` for descending.'),
        fields: z.array(z.string().max(100)).optional().describe('Properties to return; all when left out.'),
        count: z.boolean().optional().describe('Counts all matching records.'),
        limit: limit(limits.records),
        cursor: z.string().max(12_000).optional(),
        asOf,
      }),
      async ({ resource, filters, sort, fields, count, limit = 10, cursor, asOf }, api) => {
        const { property } = registry.get(resource).key
        const past = asOfName(registry.get(resource))
        const at = asOf ?? filters?.[past]
        const chosen = fields && [...new Set([property, ...fields])].join()
        const query: Query = {
          ...filters,
          [past]: at,
          sort,
          fields: chosen,
          limit,
          cursor,
          count: count ? 'exact' : undefined,
        }
        const page = await fetchExchange(api, pathOf([resource], query))
        const { data }: { data: Record<string, unknown>[] } = JSON.parse(page.text)
        const citations = await fetchCitations(
          api,
          resource,
          data.map((record) => String(record[property])),
          at,
        )
        return toolResult(page, { citations })
      },
    ),
    tool(
      'aggregate',
      'Count and sum records',
      'Counts or sums records of a resource by one to three dimensions. Each group has the path of the list of its records, to cite.',
      z.object({
        resource,
        groupBy: z.array(z.string().max(100)).min(1).max(3),
        measures: z.array(z.string().max(100)).optional().describe('Such as count or sum:amount.'),
        filters,
        sort: z.string().max(200).optional().describe('Such as -count.'),
        limit: limit(limits.groups),
      }),
      async ({ resource, groupBy, measures, filters, sort, limit = 50 }, api) => {
        const query = { ...filters, groupBy: groupBy.join(), measures: measures?.join(), sort, limit }
        return toolResult(await fetchExchange(api, pathOf([resource, 'aggregate'], query)))
      },
    ),
    tool(
      'network',
      'Who cooperates with whom',
      'The strongest pairs of countries by shared records or, with a country, its partners with the searches that find the records.',
      z.object({
        country: country.optional(),
        from: z.string().max(60).optional().describe('EDTF date, such as 2006.'),
        to: z.string().max(60).optional(),
        topic: z.string().max(200).optional(),
        region: z.string().max(50).optional(),
        resources: z.array(resource).optional(),
        limit: limit(limits.pairs),
        asOf,
      }),
      async ({ country, resources, limit = 20, ...others }, api) => {
        const segments = country === undefined ? ['network'] : ['countries', country, 'network']
        return toolResult(
          await fetchExchange(api, pathOf(segments, { ...others, resource: resources?.join(), limit })),
        )
      },
    ),
    tool(
      'briefing',
      'Brief on a country',
      'Everything about a country in one document: agreements, projects, bases and programs by year, kind, status, topic and partner, what is in force, what expires within a year, latest changes, claimed figures beside recorded counts, and sources. Each number has the path of the list of its records.',
      z.object({ country, asOf }),
      async ({ country, asOf }, api) =>
        toolResult(await fetchExchange(api, pathOf(['countries', country, 'briefing'], { asOf }))),
    ),
  ]
}
