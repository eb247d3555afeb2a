import { inject } from 'vitest'
import { registry as serviceRegistry } from '../../src/resources/registry.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Whether the vitest project tests the extended registry, with an example resource. */
    extending?: boolean
  }
}

const extended = inject('extending')
  ? (await import('../extending/expeditions.ts')).extendedRegistry
  : undefined

/** The registry that the service under test serves. */
export const registry = extended ?? serviceRegistry

/** The resources on which the contract is tested: all, or only the example resource. */
export const resources = extended ? [extended.get('expeditions')] : serviceRegistry.resources
