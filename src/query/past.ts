import { instant } from '../model/filters.ts'
import {
  type CheckedQuery,
  getWords,
  invalidParameters,
  type Parameter,
  single,
} from '../model/parameters.ts'
import type { Resource } from '../model/resource.ts'
import type { Fault } from '../problems/problem.ts'

/** The parameter `asOf`: reads the registry as it was at a time. */

/** The name of the parameter, unless a filter has it. */
const defaultName = 'asOf'

/**
 * Returns the name of the parameter beside a resource's filters: `registryAsOf` where a filter is called `asOf`.
 */
export const momentName = ({ filters }: Resource): string =>
  Object.hasOwn(filters, defaultName) ? 'registryAsOf' : defaultName

const momentParameter = (more = ''): Parameter => ({
  ...single(
    instant,
    `Reads as of an earlier time: an RFC 3339 timestamp, or a date for its first moment in UTC.${more}`,
  ),
  isPast: true,
})

/** The parameter for requests without filters. */
export const recordMomentParameter: Record<string, Parameter> = { [defaultName]: momentParameter() }

/** Returns the parameter for requests with the resource's filters. */
export function listMomentParameter(resource: Resource): Record<string, Parameter> {
  const name = momentName(resource)
  const more = name === defaultName ? '' : ` Here, \`${defaultName}\` is the ${resource.noun}'s own date.`
  return { [name]: momentParameter(more) }
}

/** Returns the `asOf` of a request without filters: RFC 3339 or a date; undefined for now. */
export const getRecordMoment = (query: CheckedQuery): string | undefined => getWords(query, defaultName)[0]

/** Returns the `asOf` of a request with the resource's filters. */
export const getListMoment = (resource: Resource, query: CheckedQuery): string | undefined =>
  getWords(query, momentName(resource))[0]

/** Returns the names of the parameters that are moments of the past. */
export const momentNames = (parameters: Readonly<Record<string, Parameter>>): string[] =>
  Object.keys(parameters).filter((name) => parameters[name]?.isPast)

/**
 * Checks that no moment of a request is in the future.
 * @param names those of the parameters that are moments.
 * @throws Problem `invalid-parameter` that names the parameters whose moment is.
 */
export function requirePast(names: readonly string[], query: CheckedQuery, now: Date): void {
  const faults = names.flatMap((parameter): Fault[] => {
    const [moment] = getWords(query, parameter)
    if (moment === undefined || new Date(moment) <= now) return []
    return [{ parameter, code: 'invalid', message: 'must not be in the future' }]
  })
  if (faults.length > 0) throw invalidParameters(faults)
}

/** Whether a moment of a request is later than a time, in milliseconds since 1970. */
export const hasMomentAfter = (names: readonly string[], query: CheckedQuery, timeMs: number): boolean =>
  names.some((name) => getWords(query, name).some((moment) => new Date(moment).getTime() > timeMs))
