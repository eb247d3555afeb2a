import { z } from 'zod'

const documentForm = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.looseObject({}),
})

const shared = /^#\/components\/(parameters|requestBodies|responses|headers)\/(\w+)$/

/**
 * Returns an OpenAPI document in which references to shared parameters, request bodies, responses and headers are
 * replaced by their targets. References to schemas remain.
 */
export function inlineComponents(document: unknown): Record<string, unknown> {
  const { paths, components, ...rest } = documentForm.parse(document)
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve)
    if (typeof value !== 'object' || value === null) return value
    const [, section = '', name = ''] = shared.exec('$ref' in value ? String(value.$ref) : '') ?? []
    if (section !== '') return resolve(Object(components[section])[name])
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]))
  }
  return { ...rest, components, paths: resolve(paths) }
}
