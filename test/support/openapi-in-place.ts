import { z } from 'zod'

const documentForm = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.looseObject({}),
})

const shared = /^#\/components\/(parameters|requestBodies|responses|headers)\/(\w+)$/

/**
 * Returns an OpenAPI document in which the parameters, responses and headers that operations share stand in place, so that
 * tests find them where they look. References to schemas are left.
 */
export function inPlace(document: unknown): Record<string, unknown> {
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
