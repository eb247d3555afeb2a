import { maxGroups } from '../../view-data.ts'
import { useLanguage } from '../i18n/language.ts'
import { combineStates } from './combine.ts'
import { withQuery } from './path.ts'
import { resourcesWithParticipants } from './resources.ts'
import type { Aggregate } from './types.ts'
import { useApi } from './use-api.ts'
import type { ApiState } from './use-read.ts'

/** A value of a dimension with its label. */
export interface Option {
  value: string
  label: string
}

/**
 * Reads the values that a dimension has in the records of all resources with participants together, sorted by label: for example,
 * the countries that take part in at least one record.
 */
export function useDimensionValues(dimension: string): ApiState<Option[]> {
  const { tag } = useLanguage()
  // The list of these resources is constant, so every render calls the same number of hooks.
  const states = resourcesWithParticipants.map(({ name }) =>
    useApi<Aggregate>(withQuery(`/v1/${name}/aggregate`, { groupBy: dimension, limit: maxGroups })),
  )
  const { body, ...state } = combineStates(states)
  const labels = new Map(
    body
      ?.flatMap(({ data }) => data)
      .flatMap(({ key, label }) => {
        const value = key[dimension] ?? null
        return value === null ? [] : [[value, label[dimension] ?? value]]
      }),
  )
  const options = [...labels]
    .map(([value, label]) => ({ value, label }))
    .sort((one, other) => one.label.localeCompare(other.label, tag))
  return { ...state, ...(body && { body: options }) }
}
