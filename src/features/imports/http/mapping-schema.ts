import { z } from 'zod'
import type { Registry } from '../../../model/registry.ts'
import { registerResponseSchema } from '../../../model/schema-names.ts'
import type { Endpoint } from '../../../operations/operation.ts'
import { mappingJsonSchema } from '../mapping/index.ts'
import { tag } from './contract.ts'

const schema = registerResponseSchema(
  'MappingSchema',
  z.looseObject({}).meta({
    description: 'A JSON Schema.',
    examples: [{ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' }],
  }),
)

/** `GET /v1/imports/mapping-schema` */
export const mappingSchemaEndpoint = (registry: Registry): Endpoint => {
  let body: string | undefined
  return {
    method: 'GET',
    path: '/v1/imports/mapping-schema',
    tag,
    contract: {
      operationId: 'getMappingSchema',
      summary: 'Read the JSON Schema of mappings',
      description: 'The JSON Schema of mappings, by which text editors complete and check them.',
      access: 'read',
      query: {},
      headers: [],
      responses: { 200: { description: 'The JSON Schema.', schema: () => schema, headers: {} } },
    },
    async handle() {
      body ??= JSON.stringify(mappingJsonSchema(registry))
      return { status: 200, headers: {}, body }
    },
  }
}
