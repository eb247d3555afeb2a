import type { z } from 'zod'
import { Problem } from '../problems/problem.ts'
import { didYouMean } from '../problems/suggest.ts'
import { checkQuery, readQuery } from './parameters.ts'
import type { Registry } from './registry.ts'
import { urlFilters } from './url-filters.ts'

function faultsIn({ resources }: Registry, request: string): string[] {
  const [path = '', search = ''] = request.split('?')
  const name = path.replace('/v1/', '')
  const resource = resources.find((candidate) => candidate.name === name)
  if (!resource)
    return [
      `there is no "${name}"${didYouMean(
        name,
        resources.map((other) => other.name),
      )}`,
    ]
  try {
    checkQuery(urlFilters(resource), readQuery(search))
    return []
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return error.errors.length > 0 ? error.errors.map(({ message }) => message) : [error.message]
  }
}

/** Refuses a list request with an unknown resource, filter or value. */
export function checkListRequest(registry: Registry, request: string, context: z.RefinementCtx): void {
  if (!request.startsWith('/v1/')) return
  for (const message of faultsIn(registry, request)) context.addIssue({ code: 'custom', message })
}
