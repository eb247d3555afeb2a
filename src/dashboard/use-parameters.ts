import { useLocation, useSearch } from 'wouter-preact'

/** New values of parameters; undefined removes one. */
export type ParameterChanges = Readonly<Record<string, string | undefined>>

/** Returns the query string with some parameters changed, with a question mark before it unless it is empty. */
export function changeParameters(parameters: URLSearchParams, changes: ParameterChanges): string {
  const next = new URLSearchParams(parameters)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') next.delete(name)
    else next.set(name, value)
  }
  const text = next.toString()
  return text === '' ? '' : `?${text}`
}

/** The state of a view, which is the query string of its URL, and a function that changes it. */
export function useParameters(): [
  URLSearchParams,
  (changes: ParameterChanges, options?: { replace?: boolean }) => void,
] {
  const [path, navigate] = useLocation()
  const parameters = new URLSearchParams(useSearch())
  return [
    parameters,
    (changes, options) => navigate(`${path}${changeParameters(parameters, changes)}`, options),
  ]
}
