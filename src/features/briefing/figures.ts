import type { Registry } from '../../model/registry.ts'
import { listPath, withAsOf } from '../../operations/counts.ts'
import { maxFigures } from './limits.ts'
import type { QueryRunner } from './query-runner.ts'

const fields = ['id', 'indicator', 'title', 'value', 'qualifier', 'unit', 'asOf'] as const

type Figure = Record<(typeof fields)[number] | 'recorded', unknown>

const figuresQuery = (code: string) => `country=${code}&sort=indicator`

/**
 * Returns the path of the list of all figures about a country.
 * @param asOf the time as of which the briefing reads the registry; undefined for the current registry.
 */
export function figuresListPath(registry: Registry, code: string, asOf: string | undefined): string {
  const resource = registry.get('figures')
  return listPath(resource, withAsOf(resource, figuresQuery(code), asOf))
}

/**
 * Returns up to `maxFigures` figures that sources claim about a country, sorted by indicator, each with the registry's own
 * count (`recorded`), which is null for a figure without a valid list request.
 */
export async function readFigures(registry: Registry, queries: QueryRunner, code: string) {
  const query = `${figuresQuery(code)}&limit=${maxFigures}&fields=${fields.join()}&include=recorded`
  const figures = await queries.read<Figure>(registry.get('figures'), query)
  return figures.map((figure) => ({ ...figure, link: `/v1/figures/${figure.id}` }))
}
