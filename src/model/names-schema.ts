import { z } from 'zod'
import { referenceProperties } from './reference-properties.ts'
import { ownProperties, type Resource } from './resource.ts'
import { registerResponseSchema } from './schema-names.ts'

/** Returns the schema of a dictionary of names. It has a section for each resource to which `resources` can refer. */
export function makeNamesSchema(resources: readonly Resource[]) {
  const sections = new Set(
    resources.flatMap((resource) =>
      referenceProperties(resource, Object.keys(ownProperties(resource))).map(
        (property) => property.resource,
      ),
    ),
  )
  const names = z.record(z.string(), z.string()).optional()
  return registerResponseSchema(
    'Names',
    z.strictObject(Object.fromEntries([...sections].map((section) => [section, names]))).meta({
      description: 'Names of the records that the response refers to, by resource and key, each record once.',
      examples: [{ countries: { CHN: 'China', PAK: 'Pakistan' }, topics: { energy: 'Energy' } }],
    }),
  )
}
