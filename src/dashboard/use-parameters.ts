import { useLocation } from 'wouter-preact'
import { useSearch } from 'wouter-preact/use-browser-location'
import { appendQuery, defaultResource, joinRepeated } from '../view-data.ts'
import { findResource, resources } from './api/resources.ts'

/** New values of parameters. Undefined or an empty text removes the parameter. */
export type ParameterChanges = Readonly<Record<string, string | undefined>>

/** Returns the query string with some parameters changed, with a question mark before it unless it is empty. */
export function changeParameters(parameters: URLSearchParams, changes: ParameterChanges): string {
  const next = new URLSearchParams(parameters)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') next.delete(name)
    else next.set(name, value)
  }
  return appendQuery('', Object.fromEntries(next))
}

/** The parameters of charts and comparisons that select records of every resource with participants, and those of the page. */
const commonParameters = [
  'resource',
  'country',
  'partnerOf',
  'topic',
  'from',
  'to',
  'happenedIn',
  'before',
  'asOf',
  'embed',
  'lang',
]

/**
 * Returns the changes that remove all parameters that another resource may lack, or whose values it may lack, such as `kind=treaty`.
 */
export const withoutOwnFilters = (parameters: URLSearchParams): ParameterChanges =>
  Object.fromEntries(
    [...parameters.keys()]
      .filter((name) => !commonParameters.includes(name))
      .map((name) => [name, undefined]),
  )

/** Removes the parameters without a value, such as `country=`, from a query string. Returns the rest of its text unchanged. */
export function withoutEmptyParameters(search: string): string {
  const kept = search
    .slice(1)
    .split('&')
    .filter((parameter) => /=./.test(parameter))
  return kept.length === 0 ? '' : `?${kept.join('&')}`
}

/** Returns the name of the parameter with the time as of which a chart shows the records of its resource. */
export const findAsOfName = (parameters: URLSearchParams): string =>
  findResource(parameters.get('resource') ?? defaultResource)?.asOfName ?? 'asOf'

/**
 * Returns the state of the view and a function that changes it. The state is the parameters in the URL; `joinRepeated` joins
 * the values of a repeated parameter. With `replace`, the new URL replaces the current one in the history of the browser.
 */
export function useParameters(): [
  URLSearchParams,
  (changes: ParameterChanges, options?: { replace?: boolean }) => void,
] {
  const [path, navigate] = useLocation()
  const parameters = joinRepeated(useSearch(), resources)
  return [
    parameters,
    (changes, options) => navigate(`${path}${changeParameters(parameters, changes)}`, options),
  ]
}
