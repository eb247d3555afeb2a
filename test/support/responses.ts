import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formatsPlugin from 'ajv-formats'
import { z } from 'zod'
import { problemTypes } from '../../src/problems/types.ts'
import { commonProblems } from '../../src/server/openapi/responses.ts'
import { inPlace } from './openapi-in-place.ts'

const media = z.record(z.string(), z.unknown())
const operation = z.looseObject({
  responses: z.record(z.string(), z.looseObject({ content: media.optional() })),
})
const documentForm = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), operation)) })

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

/** Throws when the OpenAPI document does not describe a response. */
export type CheckResponse = (response: ReceivedResponse) => void

/**
 * Compiling takes longer than all validation of a run, so validators stop at the first error and their code is not
 * optimized.
 */
const fastCompilation = { strict: false, code: { optimize: false } }

const escaped = (step: string) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))

/** Whether the status is a client error (4xx): usually 405, but another fault may be found first. */
const isRefusal = (status: number) => status >= 400 && status < 500

/** HTML pages and the document itself, which the document does not describe. */
const undocumented = /^\/(docs|problems|openapi\.)/

/**
 * Returns a check of responses against an OpenAPI document: path, status, content type and body.
 * Records must have all properties unless the request selected `fields`.
 */
export function responseCheck(openApi: unknown): CheckResponse {
  const document = documentForm.parse(closed(inPlace(openApi)))
  // The package is CommonJS: its function is the default of its default.
  const addFormats = formatsPlugin.default
  const ajv = new Ajv2020(fastCompilation)
  addFormats(ajv)
  for (const format of ['edtf', 'iri']) ajv.addFormat(format, true)
  ajv.addSchema(document, 'openapi')
  const sparseDocument = Object(withoutRequired(document))
  ajv.addSchema(sparseDocument, 'sparse')
  const templates = Object.keys(document.paths)
    .map((path) => ({
      path,
      form: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    }))
    .sort((a, b) => a.path.split('{').length - b.path.split('{').length)
  const validators = new Map<string, ValidateFunction>()

  const validatorAt = (steps: string[], whole: boolean): ValidateFunction => {
    const name = targetOf(whole ? document : sparseDocument, steps, whole ? 'openapi' : 'sparse')
    const validator = validators.get(name) ?? ajv.compile({ $ref: name })
    validators.set(name, validator)
    return validator
  }

  return ({ method, url, status, contentType, body, records }) => {
    const [path = ''] = url.split('?')
    // HEAD is described as GET. OPTIONS and methods that the path does not have belong to the server.
    const documented = method === 'HEAD' ? 'get' : method.toLowerCase()
    // /{resource}/search is never a /{resource}/{key}.
    const template = templates.find(({ form }) => form.test(path))?.path
    if (template === undefined) {
      if (undocumented.test(path) || method === 'OPTIONS' || isRefusal(status)) return
      throw new Error(`${method} ${url}: the path is not in the OpenAPI document`)
    }
    const described = document.paths[template]?.[documented]
    if (!described) {
      if (method === 'OPTIONS' || isRefusal(status)) return
      throw new Error(`${method} ${template} is not in the OpenAPI document`)
    }
    const isCommon = commonProblems.some((type) => problemTypes[type].status === status)
    const promise = described.responses[status] ?? (isCommon ? described.responses.default : undefined)
    if (!promise) throw new Error(`${method} ${url} answered ${status}, which is not documented: ${body}`)
    if (!promise.content) {
      if (body !== '')
        throw new Error(`${method} ${url} answered ${status} with a body where none is documented`)
      return
    }
    if (method === 'HEAD') return
    // The document has this type for files whose type a parameter selects.
    if (Object.hasOwn(promise.content, 'application/octet-stream')) return
    const type = contentType?.split(';')[0] ?? ''
    if (!Object.hasOwn(promise.content, type)) {
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
        `${method} ${url} answered ${status} against its schema: ${ajv.errorsText(validate.errors).slice(0, 500)}\n${body.slice(0, 500)}`,
      )
    }
  }
}

/**
 * The document with closed objects. For clients they are open, since later versions may have more properties; this version
 * has no property that the document does not have. Parts of an object (`allOf`) stay open, and the whole is closed.
 */
function closed(document: unknown): unknown {
  const parts = new Set(
    [...JSON.stringify(document).matchAll(/"allOf":\[\{"\$ref":"[^"]*\/(\w+)"/g)].map(([, name]) => name),
  )
  const close = (value: unknown, name?: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => close(item))
    if (typeof value !== 'object' || value === null) return value
    const inner = Object.entries(value).map(([key, own]) => [
      key,
      key === 'examples' || key === 'allOf' ? own : close(own, key),
    ])
    if ('allOf' in value) return Object.fromEntries([['unevaluatedProperties', false], ...inner])
    const isWhole = 'type' in value && value.type === 'object' && 'properties' in value && !parts.has(name)
    return Object.fromEntries(isWhole ? [['additionalProperties', false], ...inner] : inner)
  }
  return close(document)
}

/** The document without `required`: a response to a request with `fields` lacks the other properties. */
function withoutRequired(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutRequired)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key, inner]) => key !== 'required' || !Array.isArray(inner))
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutRequired(inner)]))
}

/** Returns the reference to the schema at some steps. A `$ref` is followed, so that its target is compiled only once. */
function targetOf(document: unknown, steps: string[], name: string): string {
  const found = steps.reduce<unknown>((value, step) => Object(value)[step], document)
  const { $ref } = Object(found)
  return typeof $ref === 'string' ? `${name}${$ref}` : `${name}#/${steps.map(escaped).join('/')}`
}
