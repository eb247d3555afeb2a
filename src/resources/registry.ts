import { Registry } from '../model/registry.ts'
import type { ResourceDeclaration } from '../model/resource.ts'
import * as resources from './index.ts'

/** The declarations of all resources. */
export const declarations: readonly ResourceDeclaration[] = Object.values(resources)

/** All resources of the service, with their tables and references resolved. */
export const registry = new Registry(declarations)
