import { Registry } from '../model/registry.ts'
import type { ResourceDeclaration } from '../model/resource.ts'
import * as resources from './index.ts'

/** The declarations of all resources. */
export const declarations: readonly ResourceDeclaration[] = Object.values(resources)

/** The registry of the service. */
export const registry = new Registry(declarations)
