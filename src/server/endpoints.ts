import { endpoints as featureEndpoints } from '../features/index.ts'
import { lazyFor } from '../model/lazy.ts'
import type { Registry } from '../model/registry.ts'
import { createEndpoints } from '../operations/endpoints.ts'
import * as operations from '../operations/index.ts'
import type { Endpoint } from '../operations/operation.ts'

/**
 * Returns all endpoints of the API: every operation of every resource, and the endpoints of features. They are created once for
 * each registry. The service and its OpenAPI document share them.
 */
export const listEndpoints = lazyFor((registry: Registry): readonly Endpoint[] => [
  ...createEndpoints(registry.resources, Object.values(operations)),
  ...featureEndpoints(registry),
])
