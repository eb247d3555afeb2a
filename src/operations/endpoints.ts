import { listPath } from '../model/paths.ts'
import type { Resource } from '../model/resource.ts'
import { withMergedRecords } from './merged.ts'
import type { Endpoint, Operation } from './operation.ts'

function createEndpoint(resource: Resource, operation: Operation): Endpoint {
  const { path, scope, ...contract } = operation.contract(resource)
  const record = scope === 'record' ? `/{${resource.key.property}}` : ''
  const endpoint: Endpoint = {
    method: operation.method,
    path: `${listPath(resource)}${record}${path}`,
    tag: resource.name,
    contract,
    ...(scope === 'record' && { collection: resource }),
    handle: (request, context) => operation.handle(resource, request, context),
  }
  // Paths with further parameters name a version, which a merged record still has under its own key.
  return scope === 'record' && contract.pathParameters === undefined
    ? withMergedRecords(resource, endpoint)
    : endpoint
}

/** Methods in the order in which OpenAPI documents usually list them. */
const methods: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Compares endpoints by path, then by method. Paths with a record's key come last, since `{` sorts after all letters. */
function compareEndpoints(a: Endpoint, b: Endpoint): number {
  if (a.path === b.path) return methods.indexOf(a.method) - methods.indexOf(b.method)
  return a.path < b.path ? -1 : 1
}

/** Returns the endpoints of every operation on every resource. Those of each resource are sorted by path and method. */
export const createEndpoints = (
  resources: readonly Resource[],
  operations: readonly Operation[],
): Endpoint[] =>
  resources.flatMap((resource) =>
    operations.map((operation) => createEndpoint(resource, operation)).sort(compareEndpoints),
  )
