import type { Resource } from '../model/resource.ts'
import { withMergedRecords } from './merged.ts'
import type { Endpoint, Operation } from './operation.ts'

function createEndpoint(resource: Resource, operation: Operation): Endpoint {
  const { path, scope, ...contract } = operation.contract(resource)
  const record = scope === 'record' ? `/{${resource.key.property}}` : ''
  const endpoint: Endpoint = {
    method: operation.method,
    path: `/v1/${resource.name}${record}${path}`,
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

/** Returns the endpoints of every operation on every resource. */
export const createEndpoints = (
  resources: readonly Resource[],
  operations: readonly Operation[],
): Endpoint[] =>
  resources.flatMap((resource) => operations.map((operation) => createEndpoint(resource, operation)))
