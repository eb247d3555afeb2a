import { endpoints as featureEndpoints } from '../features/index.ts'
import type { Registry } from '../model/registry.ts'
import { createEndpoints } from '../operations/endpoints.ts'
import * as operations from '../operations/index.ts'
import type { Endpoint } from '../operations/operation.ts'

/** Returns the endpoints of the API: every operation of every resource, and the endpoints of features. */
export const listEndpoints = (registry: Registry): Endpoint[] => [
  ...createEndpoints(registry.resources, Object.values(operations)),
  ...featureEndpoints(registry),
]
