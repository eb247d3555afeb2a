import { z } from 'zod'
import type { Registry } from '../../../model/registry.ts'
import { descriptions } from '../descriptions.ts'
import { mappingSchema } from './schema.ts'

/** Returns the JSON Schema (2020-12) of mappings, for completion in editors. */
export function mappingJsonSchema(registry: Registry): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(mappingSchema(registry), {
    io: 'input',
    metadata: descriptions,
    unrepresentable: 'any',
    reused: 'ref',
  })
  return { $schema, title: 'Mapping of an import', ...schema }
}
