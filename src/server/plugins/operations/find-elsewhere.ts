import { z } from 'zod'
import type { FindElsewhere } from '../../../model/query-string.ts'
import type { Endpoint } from '../../../operations/operation.ts'

/** Returns the beginning of a path that the endpoints of a resource share: `/v1/agreements`. */
const firstWords = (path: string): string => path.split('/').slice(0, 3).join('/')

/**
 * Returns a function for parameters that an endpoint lacks. It says where such a parameter belongs: in the body, or in the query of
 * another endpoint of the same resource, such as its list; undefined if it belongs nowhere.
 * @param endpoints all endpoints.
 */
export function findElsewhere(
  { contract, path, method }: Endpoint,
  endpoints: readonly Endpoint[],
): FindElsewhere {
  return (name) => {
    const body = contract.body?.schema()
    if (body instanceof z.ZodObject && Object.hasOwn(body.shape, name)) return 'write it in the body'
    // The shortest path is that of the list.
    const [other] = endpoints
      .filter((endpoint) => firstWords(endpoint.path) === firstWords(path))
      .filter((endpoint) => Object.hasOwn(endpoint.contract.query, name))
      .filter((endpoint) => endpoint.path !== path || endpoint.method !== method)
      .sort((a, b) => a.path.length - b.path.length)
    return other && `${other.method} ${other.path} has it`
  }
}
