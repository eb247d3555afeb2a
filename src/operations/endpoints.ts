import type { Resource } from '../resources/resource.ts'
import type { Endpoint, Operation, OperationContract } from './operation.ts'

function ending(path: OperationContract['path'], resource: Resource): string {
  if (path === 'collection') return ''
  return path === 'record' ? `/{${resource.key.property}}` : `/${path}`
}

function endpointOf(resource: Resource, operation: Operation): Endpoint {
  const { path, ...contract } = operation.contract(resource)
  return {
    method: operation.method,
    path: `/v1/${resource.name}${ending(path, resource)}`,
    tag: resource.name,
    contract,
    ...(path === 'record' && { keyed: resource }),
    handle: (asked, context) => operation.handle(resource, asked, context),
  }
}

/** The endpoints of the grid: every operation on every resource. */
export const endpointsOf = (resources: readonly Resource[], operations: readonly Operation[]): Endpoint[] =>
  resources.flatMap((resource) => operations.map((operation) => endpointOf(resource, operation)))
