import { createRegistry } from '../model/registry.ts'
import type { ResourceDefinition } from '../model/resource.ts'
import * as resources from './index.ts'

/** The declarations of all resources. */
export const definitions: readonly ResourceDefinition[] = Object.values(resources)

/** The registry of the service. */
export const registry = createRegistry(definitions)
