import { z } from 'zod'
import { Problem } from '../problems/problem.ts'
import { didYouMean } from '../problems/suggest.ts'
import { checkQuery, parseQuery } from './query-string.ts'
import type { Registry } from './registry.ts'
import type { Resource } from './resource.ts'
import { urlFilters } from './url-filters.ts'

/** Schema of a number of records and the list request that returns them. */
export const countedSchema = () =>
  z.strictObject({
    count: z.int().min(0).meta({ description: 'Number of records.' }),
    list: z
      .string()
      .meta({ description: 'Path of the list request that returns exactly the counted records.' }),
  })

/** Splits a list request into the resource and the query string. The resource is undefined if none has this name. */
export function parseListRequest(
  registry: Registry,
  request: string,
): { name: string; resource: Resource | undefined; query: string } {
  // A query may contain further question marks.
  const [path = '', ...query] = request.split('?')
  const name = path.replace('/v1/', '')
  return { name, resource: registry.find(name), query: query.join('?') }
}

function findFaults(registry: Registry, request: string): string[] {
  const { name, resource, query } = parseListRequest(registry, request)
  if (!resource)
    return [
      `there is no resource "${name}"${didYouMean(
        name,
        registry.resources.map((other) => other.name),
      )}`,
    ]
  try {
    checkQuery(urlFilters(resource), parseQuery(query))
    return []
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return error.errors.length > 0 ? error.errors.map(({ message }) => message) : [error.message]
  }
}

/** Refuses a list request with an unknown resource, filter, operator or value. */
export function checkListRequest(registry: Registry, request: string, context: z.RefinementCtx): void {
  // The pattern of the schema refuses other texts.
  if (!request.startsWith('/v1/')) return
  for (const message of findFaults(registry, request)) context.addIssue({ code: 'custom', message })
}
