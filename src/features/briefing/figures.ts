import type { Registry } from '../../model/registry.ts'
import { maxFigures } from './limits.ts'
import type { QueryRunner } from './query-runner.ts'

const fields = ['id', 'indicator', 'title', 'value', 'qualifier', 'unit', 'asOf'] as const

type Figure = Record<(typeof fields)[number] | 'recorded', unknown>

const figuresQuery = (code: string) => `country=${code}&sort=indicator`

/** Returns the path of the list of all figures about a country. */
export const figuresListPath = (registry: Registry, queries: QueryRunner, code: string): string =>
  queries.listPath(registry.get('figures'), figuresQuery(code))

/**
 * Returns up to `maxFigures` figures that sources claim about a country, sorted by indicator, each with the registry's own
 * count (`recorded`), which is null for a figure without a valid list request.
 */
export async function readFigures(registry: Registry, queries: QueryRunner, code: string) {
  const query = `${figuresQuery(code)}&limit=${maxFigures}&fields=${fields.join()}&include=recorded`
  const figures = await queries.read<Figure>(registry.get('figures'), query)
  return figures.map((figure) => ({ ...figure, link: `/v1/figures/${figure.id}` }))
}
