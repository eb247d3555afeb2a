import { maxGroups } from '../../view-data.ts'
import { useLanguage } from '../i18n/language.ts'
import { combineStates } from './combine.ts'
import { readNames } from './names.ts'
import { withQuery } from './path.ts'
import { resourcesWithParticipants } from './resources.ts'
import type { Aggregate, Names } from './types.ts'
import { useApi } from './use-api.ts'
import { type ApiState, useRead } from './use-read.ts'

/** A value of a dimension with its label. */
export interface Option {
  value: string
  label: string
}

/** For each dimension, the resource whose keys are its values. */
const resourceOfValues = { country: 'countries', topic: 'topics' } as const

/**
 * Reads the values that a dimension has in the records of all resources with participants together, sorted by label: for example,
 * the countries that take part in at least one record.
 * @param chosen values selected in the URL, separated by commas. They are returned even if no record has them.
 */
export function useDimensionValues(
  dimension: keyof typeof resourceOfValues,
  chosen: string | null,
): ApiState<Option[]> {
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
  const resource = resourceOfValues[dimension]
  const others = body ? (chosen ?? '').split(',').filter((value) => value !== '' && !labels.has(value)) : []
  const names = useRead<Names>(
    others.length === 0 ? null : `names of ${resource} ${others.join()}`,
    (language) => readNames(new Map([[resource, new Set(others)]]), language),
  )
  // If the names cannot be read, for example because a code is wrong, the codes are shown.
  if (others.length > 0 && names.status === 'loading') return { ...state, status: 'loading' }
  for (const value of others) labels.set(value, names.body?.[resource]?.[value] ?? value)
  const options = [...labels]
    .map(([value, label]) => ({ value, label }))
    .sort((one, other) => one.label.localeCompare(other.label, tag))
  return { ...state, ...(body && { body: options }) }
}
