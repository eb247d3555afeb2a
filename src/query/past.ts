import type { Resource } from '../resources/resource.ts'
import { instant } from './filters.ts'
import { type CheckedQuery, type Parameter, single, wordsOf } from './parameters.ts'

/** The parameter `asOf`, which asks for the registry as it was at a time. */

const pastMoment = instant.refine((text) => !(Date.parse(text) > Date.now()), {
  error: 'must be a moment that has been: nothing is known of the future',
})

/** The usual name of the parameter. */
const usual = 'asOf'

/**
 * The name under which requests with a resource's filters ask for a moment of the registry: where a filter is called
 * `asOf`, another one.
 */
export const momentName = ({ filters }: Resource): string =>
  Object.hasOwn(filters, usual) ? 'registryAsOf' : usual

/**
 * The parameter that asks for a moment.
 * @param answered what is answered as of it.
 */
export const momentParameter = (answered: string, more = ''): Parameter =>
  single(
    pastMoment,
    `Answers ${answered} as the registry stood at a moment, by its history: an RFC 3339 timestamp, or a date for its first moment in UTC.${more}`,
  )

/** The parameter for requests without filters beside it. */
export const recordMoment = (answered: string): Record<string, Parameter> => ({
  [usual]: momentParameter(answered),
})

/** The parameter for requests with the resource's filters beside it. */
export function listMoment(resource: Resource): Record<string, Parameter> {
  const name = momentName(resource)
  const more = name === usual ? '' : ` Here, \`${usual}\` is the ${resource.noun}'s own date.`
  return { [name]: momentParameter(`the ${resource.name.replaceAll('-', ' ')}`, more) }
}

/** The moment that a request without filters asks for: RFC 3339 or a date; undefined for now. */
export const recordMomentOf = (query: CheckedQuery): string | undefined => wordsOf(query, usual)[0]

/** The same for a request with the resource's filters. */
export const listMomentOf = (resource: Resource, query: CheckedQuery): string | undefined =>
  wordsOf(query, momentName(resource))[0]
