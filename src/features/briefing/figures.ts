import type { Registry } from '../../model/registry.ts'
import type { QueryRunner } from './query-runner.ts'

/** Maximum number of figures in a briefing. */
const maxFigures = 50

const fields = ['id', 'indicator', 'title', 'value', 'qualifier', 'unit', 'asOf'] as const

type Figure = Record<(typeof fields)[number] | 'recorded', unknown>

/** Returns the figures that sources claim about a country, each with the count of the registry (`recorded`). */
export async function readFigures(registry: Registry, queries: QueryRunner, code: string) {
  const query = `country=${code}&limit=${maxFigures}&sort=indicator&fields=${fields.join()}&include=recorded`
  const figures = await queries.read<Figure>(registry.get('figures'), query)
  return figures.map((figure) => ({ ...figure, link: `/v1/figures/${figure.id}` }))
}
