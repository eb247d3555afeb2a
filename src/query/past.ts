import type { Clock } from '../database/clock.ts'
import { instant } from '../model/filters.ts'
import { type Parameter, singleValueParameter } from '../model/parameters.ts'
import { type CheckedQuery, getStringValues, invalidParameters } from '../model/query-string.ts'
import type { Resource } from '../model/resource.ts'
import type { Fault } from '../problems/problem.ts'

/** The parameter `asOf`, with which a request reads the registry as of an earlier time. */

/** The name of the parameter, unless a filter has this name. */
const defaultName = 'asOf'

/**
 * Returns the name of the parameter in requests that accept a resource's filters as parameters: `registryAsOf` if a filter is
 * called `asOf`.
 */
export const asOfName = ({ filters }: Resource): string =>
  Object.hasOwn(filters, defaultName) ? 'registryAsOf' : defaultName

const asOfParameter = (addition = ''): Parameter => ({
  ...singleValueParameter(
    instant,
    `Reads as of an earlier time: an RFC 3339 timestamp, or a date for its start in UTC.${addition}`,
  ),
  mustBePast: true,
})

/** The parameter for requests that accept no filters as parameters, such as the read of one record. */
export const recordAsOfParameter: Record<string, Parameter> = { [defaultName]: asOfParameter() }

/** Returns the parameter for requests that accept the resource's filters as parameters. */
export function listAsOfParameter(resource: Resource): Record<string, Parameter> {
  const name = asOfName(resource)
  const addition = name === defaultName ? '' : ` Here, \`${defaultName}\` is the ${resource.noun}'s own date.`
  return { [name]: asOfParameter(addition) }
}

/** Returns the `asOf` of a request that accepts no filters as parameters: RFC 3339 or a date; undefined for the present. */
export const getRecordAsOf = (query: CheckedQuery): string | undefined =>
  getStringValues(query, defaultName)[0]

/** Returns the `asOf` of a request that accepts the resource's filters as parameters. */
export const getListAsOf = (resource: Resource, query: CheckedQuery): string | undefined =>
  getStringValues(query, asOfName(resource))[0]

/** Returns the names of the parameters whose values must not be in the future. */
export const pastParameterNames = (parameters: Readonly<Record<string, Parameter>>): string[] =>
  Object.keys(parameters).filter((name) => parameters[name]?.mustBePast)

/**
 * Checks that the times of a request are not in the future.
 * @param names names of the parameters to check (`pastParameterNames`).
 * @param clock the clock of the database.
 * @returns the time of the database.
 * @throws Problem `invalid-parameter` that names the parameters with a time in the future.
 */
export async function requirePast(
  names: readonly string[],
  query: CheckedQuery,
  clock: Clock,
): Promise<Date> {
  const estimate = await clock.now()
  // The estimate may be a little behind, and the time of a change that was just made must not be refused.
  if (!hasTimeAfter(names, query, estimate.getTime())) return estimate
  const now = await clock.measure()
  const faults = names.flatMap((parameter): Fault[] => {
    const [time] = getStringValues(query, parameter)
    if (time === undefined || new Date(time) <= now) return []
    return [{ parameter, code: 'invalid', message: 'must not be in the future' }]
  })
  if (faults.length > 0) throw invalidParameters(faults)
  return now
}

/** Whether a parameter of a request has a time later than `timeMs`, in milliseconds since 1970. */
export const hasTimeAfter = (names: readonly string[], query: CheckedQuery, timeMs: number): boolean =>
  names.some((name) => getStringValues(query, name).some((time) => new Date(time).getTime() > timeMs))
