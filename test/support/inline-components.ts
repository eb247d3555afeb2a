import { z } from 'zod'

const openApiDocumentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.looseObject({}),
})

const sharedComponentRef = /^#\/components\/(parameters|requestBodies|responses|headers)\/(\w+)$/

/**
 * Returns an OpenAPI document in whose `paths` the references to shared parameters, request bodies, responses and headers are
 * replaced by their targets. References to schemas remain.
 */
export function inlineComponents(document: unknown): Record<string, unknown> {
  const { paths, components, ...rest } = openApiDocumentSchema.parse(document)
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve)
    if (typeof value !== 'object' || value === null) return value
    const reference = '$ref' in value ? String(value.$ref) : ''
    const [, section = '', name = ''] = sharedComponentRef.exec(reference) ?? []
    if (section !== '') return resolve(Object(components[section])[name])
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]))
  }
  return { ...rest, components, paths: resolve(paths) }
}
