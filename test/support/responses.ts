import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formatsPlugin from 'ajv-formats'
import { commonProblems, problemTypes } from '../../src/problems/types.ts'
import { inlineComponents } from './inline-components.ts'
import { openApiDocumentSchema } from './openapi-document.ts'

/** A response as a client receives it. */
export interface ReceivedResponse {
  method: string
  /** Path with query, as requested. */
  url: string
  status: number
  contentType: string | null
  body: string
  /** `sparse` if the request selects `fields` of the records, otherwise `whole`. */
  records: 'whole' | 'sparse'
}

/** Checks a response. @throws if the OpenAPI document does not describe it. */
export type CheckResponse = (response: ReceivedResponse) => void

/**
 * Returns an Ajv for schemas of the OpenAPI document. In a test run, compiling validators takes longer than validating, so they stop
 * at the first error and their code is not optimized.
 */
export function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, code: { optimize: false } })
  // The package is CommonJS, so its function is the property `default` of the default import.
  const addFormats = formatsPlugin.default
  addFormats(ajv)
  for (const format of ['edtf', 'iri']) ajv.addFormat(format, true)
  return ajv
}

/** Returns the JSON pointer of these steps as the fragment of a URI (RFC 6901, section 6), without `#`. */
export const fragmentPointer = (...steps: string[]): string =>
  steps.map((step) => `/${encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')

/** Tells whether a status is a client error (4xx), as requests with unknown paths or methods get. */
const isClientError = (status: number) => status >= 400 && status < 500

/** Paths that the OpenAPI document does not describe: the API reference, the problem types, and the document itself. */
const undocumented = /^\/(docs|problems|openapi\.)/

/**
 * Returns a check of responses against an OpenAPI document: path, status, content type and body.
 * Records must have all properties unless the request selected `fields`.
 */
export function responseCheck(openApi: unknown): CheckResponse {
  const document = openApiDocumentSchema.parse(closeObjectSchemas(inlineComponents(openApi)))
  const ajv = createAjv()
  ajv.addSchema(document, 'openapi')
  const sparseDocument = Object(withoutRequired(document))
  ajv.addSchema(sparseDocument, 'sparse')
  const templates = Object.keys(document.paths)
    .map((path) => ({
      path,
      pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    }))
    .sort((a, b) => a.path.split('{').length - b.path.split('{').length)
  const validators = new Map<string, ValidateFunction>()

  const validatorAt = (steps: string[], whole: boolean): ValidateFunction => {
    const name = resolveReference(whole ? document : sparseDocument, steps, whole ? 'openapi' : 'sparse')
    const validator = validators.get(name) ?? ajv.compile({ $ref: name })
    validators.set(name, validator)
    return validator
  }

  return ({ method, url, status, contentType, body, records }) => {
    const [path = ''] = url.split('?')
    // The document describes HEAD as GET. It has neither OPTIONS nor the methods that a path does not allow.
    const documentedMethod = method === 'HEAD' ? 'get' : method.toLowerCase()
    // Templates with fewer parameters come first, so `/{resource}/search` is not matched as `/{resource}/{key}`.
    const template = templates.find(({ pattern }) => pattern.test(path))?.path
    if (template === undefined) {
      if (undocumented.test(path) || method === 'OPTIONS' || isClientError(status)) return
      throw new Error(`${method} ${url}: the path is not in the OpenAPI document`)
    }
    const described = document.paths[template]?.[documentedMethod]
    if (!described) {
      if (method === 'OPTIONS' || isClientError(status)) return
      throw new Error(`${method} ${template} is not in the OpenAPI document`)
    }
    const isCommon = commonProblems.some((type) => problemTypes[type].status === status)
    const expected = described.responses[status] ?? (isCommon ? described.responses.default : undefined)
    if (!expected) throw new Error(`${method} ${url} answered ${status}, which is not documented: ${body}`)
    if (!expected.content) {
      if (body !== '')
        throw new Error(`${method} ${url} answered ${status} with a body where none is documented`)
      return
    }
    if (method === 'HEAD') return
    // The document states this type for files whose actual type a parameter selects.
    if (Object.hasOwn(expected.content, 'application/octet-stream')) return
    const type = contentType?.split(';')[0] ?? ''
    if (!Object.hasOwn(expected.content, type)) {
      throw new Error(`${method} ${url} answered ${status} as ${type}, which is not documented`)
    }
    const steps = [
      'paths',
      template,
      method.toLowerCase(),
      'responses',
      described.responses[status] ? String(status) : 'default',
      'content',
      type,
      'schema',
    ]
    const validate = validatorAt(steps, records === 'whole')
    if (!validate(/[/+]json$/.test(type) ? JSON.parse(body) : body)) {
      throw new Error(
        `${method} ${url} answered ${status} with a body that violates its schema: ${ajv.errorsText(validate.errors).slice(0, 500)}\n${body.slice(0, 500)}`,
      )
    }
  }
}

/**
 * Returns the document with closed object schemas. Clients see open schemas, since later versions may have more
 * properties. Schemas that are parts of an object (`allOf`) stay open, and the whole object is closed.
 */
function closeObjectSchemas(document: unknown): unknown {
  const parts = new Set(
    [...JSON.stringify(document).matchAll(/"allOf":\[\{"\$ref":"[^"]*\/(\w+)"/g)].map(([, name]) => name),
  )
  const close = (value: unknown, name?: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => close(item))
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).map(([key, inner]) => [
      key,
      key === 'examples' || key === 'allOf' ? inner : close(inner, key),
    ])
    if ('allOf' in value) return Object.fromEntries([['unevaluatedProperties', false], ...entries])
    const isWhole = 'type' in value && value.type === 'object' && 'properties' in value && !parts.has(name)
    return Object.fromEntries(isWhole ? [['additionalProperties', false], ...entries] : entries)
  }
  return close(document)
}

/** Returns the document without `required`, since a response to a request with `fields` lacks the other properties. */
function withoutRequired(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutRequired)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key, inner]) => key !== 'required' || !Array.isArray(inner))
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutRequired(inner)]))
}

/** Returns a reference to the schema at a path. A `$ref` is followed, so that its target is compiled only once. */
function resolveReference(document: unknown, steps: string[], name: string): string {
  const found = steps.reduce<unknown>((value, step) => Object(value)[step], document)
  const { $ref } = Object(found)
  return typeof $ref === 'string' ? `${name}${$ref}` : `${name}#${fragmentPointer(...steps)}`
}
