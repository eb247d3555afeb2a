import type { Resource } from '../model/resource.ts'
import { handleRecordRequest, mergedResponse } from './merged.ts'
import type { Contract, Endpoint, Operation } from './operation.ts'

/** Adds the response for the key of a merged record to the contract of an operation on one record. */
const withMergedResponse = ({ method }: Operation, contract: Contract): Contract =>
  method === 'GET'
    ? { ...contract, responses: { ...contract.responses, 308: mergedResponse } }
    : { ...contract, problems: [...contract.problems, 'merged'] }

function createEndpoint(resource: Resource, operation: Operation): Endpoint {
  const { path, scope, ...declared } = operation.contract(resource)
  // The versions of a merged record are still read by its key.
  const contract =
    scope === 'record' && declared.pathParameters === undefined
      ? withMergedResponse(operation, declared)
      : declared
  const record = scope === 'record' ? `/{${resource.key.property}}` : ''
  return {
    method: operation.method,
    path: `/v1/${resource.name}${record}${path}`,
    tag: resource.name,
    contract,
    ...(scope === 'record' && { collection: resource }),
    handle: (request, context) =>
      scope === 'record' && contract.pathParameters === undefined
        ? handleRecordRequest(operation, resource, request, context)
        : operation.handle(resource, request, context),
  }
}

/** Returns the endpoints of every operation on every resource. */
export const createEndpoints = (
  resources: readonly Resource[],
  operations: readonly Operation[],
): Endpoint[] =>
  resources.flatMap((resource) => operations.map((operation) => createEndpoint(resource, operation)))
