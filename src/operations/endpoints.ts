import type { Resource } from '../model/resource.ts'
import type { Endpoint, Operation } from './operation.ts'

function createEndpoint(resource: Resource, operation: Operation): Endpoint {
  const { path, of, ...contract } = operation.contract(resource)
  const record = of === 'one' ? `/{${resource.key.property}}` : ''
  return {
    method: operation.method,
    path: `/v1/${resource.name}${record}${path}`,
    tag: resource.name,
    contract,
    ...(of === 'one' && { keyed: resource }),
    handle: (request, context) => operation.handle(resource, request, context),
  }
}

/** Returns the endpoints of every operation on every resource. */
export const createEndpoints = (
  resources: readonly Resource[],
  operations: readonly Operation[],
): Endpoint[] =>
  resources.flatMap((resource) => operations.map((operation) => createEndpoint(resource, operation)))
