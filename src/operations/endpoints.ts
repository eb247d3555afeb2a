import type { Resource } from '../model/resource.ts'
import type { Endpoint, Operation, OperationContract } from './operation.ts'

/** Returns the path below the resource, and whether it is of all records or of one. */
function resolvePath(
  path: OperationContract['path'],
  { key }: Resource,
): { path: string; of: 'all' | 'one' } {
  const record = `/{${key.property}}`
  switch (path) {
    case 'collection':
      return { path: '', of: 'all' }
    case 'search':
    case 'aggregate':
    case 'bulk':
      return { path: `/${path}`, of: 'all' }
    case 'record':
      return { path: record, of: 'one' }
    case 'revision':
      return { path: `${record}/history/{version}`, of: 'one' }
    default:
      return { path: `${record}/${path}`, of: 'one' }
  }
}

function createEndpoint(resource: Resource, operation: Operation): Endpoint {
  const { path: pathKind, ...contract } = operation.contract(resource)
  const { path, of } = resolvePath(pathKind, resource)
  return {
    method: operation.method,
    path: `/v1/${resource.name}${path}`,
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
