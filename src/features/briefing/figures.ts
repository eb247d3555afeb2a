import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import { Problem } from '../../problems/problem.ts'
import type { Counted, QueryRunner } from './query-runner.ts'

/** Figures of a country in its briefing. */
const maxFigures = 50

const fields = ['id', 'indicator', 'title', 'value', 'qualifier', 'unit', 'asOf', 'query'] as const

type Figure = Record<(typeof fields)[number], unknown>

/** Finds the resource of a list request, such as `/v1/countries?partnerOf=CHN`. */
function parseListRequest(
  registry: Registry,
  request: string,
): { resource: Resource; query: string } | undefined {
  const [path = '', query = ''] = request.split('?')
  const resource = registry.find(path.replace('/v1/', ''))
  return resource && { resource, query }
}

/**
 * Counts the records of a figure's list request.
 * @returns null when the figure has none, or one with a filter that lists no longer have.
 */
async function countRecorded(
  registry: Registry,
  queries: QueryRunner,
  request: unknown,
): Promise<Counted | null> {
  const parsed = typeof request === 'string' ? parseListRequest(registry, request) : undefined
  if (!parsed) return null
  try {
    return await queries.count(parsed.resource, parsed.query)
  } catch (error) {
    if (error instanceof Problem && error.type === 'invalid-parameter') return null
    throw error
  }
}

/** Returns the figures that sources claim about a country, each beside what the registry records. */
export async function readFigures(registry: Registry, queries: QueryRunner, code: string) {
  const figures = registry.get('figures')
  const query = `country=${code}&limit=${maxFigures}&sort=indicator&fields=${fields.join()}`
  const data = []
  for (const { query: request, ...claimed } of await queries.read<Figure>(figures, query)) {
    const recorded = await countRecorded(registry, queries, request)
    data.push({ ...claimed, recorded, link: `/v1/figures/${claimed.id}` })
  }
  return data
}
