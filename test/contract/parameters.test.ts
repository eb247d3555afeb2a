// @module-tag slow

import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { lazy, lazyFor } from '../../src/model/lazy.ts'
import type { Resource } from '../../src/model/resource.ts'
import { type HttpResponse, sharedApi } from '../support/api.ts'
import {
  createRecord,
  type Document,
  exampleDocument,
  faultAt,
  listPath,
  readProblem,
} from '../support/documents.ts'
import { resources } from '../support/registry.ts'

/** Unknown and invalid parts of a query are not ignored, but refused with 400, and the errors name them. */

const api = await sharedApi()

interface Parameter {
  name: string
  /** The operators in brackets, and an empty string for the name without brackets. */
  operators: string[]
  /** Every way to send the parameter: its name, and its name with each operator. */
  spellings: string[]
  /** The spellings that take one value only. */
  singleValued: string[]
  /** JSON Schema of one value. */
  schema: Document
  example: string
  /** Valid values by spelling, for operators that may take a type other than that of the parameter. */
  operands: Record<string, string>
}

const schemaForm = z.looseObject({ type: z.string().optional(), items: z.looseObject({}).optional() })
const openApiDocumentSchema = z.looseObject({
  components: z.unknown(),
  paths: z.record(
    z.string(),
    z.looseObject({
      get: z
        .looseObject({
          parameters: z
            .array(z.looseObject({ name: z.string(), in: z.string(), schema: schemaForm }))
            .default([]),
        })
        .optional(),
    }),
  ),
})

/** The parts of the OpenAPI document that this file reads. */
const readDocument = lazy(() => openApiDocumentSchema.parse(api.document))

/** The query parameters of a resource's list, each with its operators: in the OpenAPI document, these are separate parameters. */
const parametersOf = lazyFor((resource: Resource): Parameter[] => {
  const { paths, components } = readDocument()
  const documented = (paths[listPath(resource)]?.get?.parameters ?? []).filter(
    ({ in: place }) => place === 'query',
  )
  const spelled = documented.map(({ name, schema }) => ({
    spelling: name,
    name: name.replace(/\[.*/, ''),
    isMany: schema.type === 'array',
    schemaOfOne: resolveReference(components, schema.items ?? schema),
  }))
  return [...new Set(spelled.map(({ name }) => name))].map((name) => {
    const variants = spelled.filter((other) => other.name === name)
    const schema = (variants.find(({ spelling }) => spelling === name) ?? variants[0])?.schemaOfOne ?? {}
    const operands = variants.flatMap(({ spelling, schemaOfOne: { type, enum: words, examples } }) => {
      const [word] = z.array(z.string()).safeParse(words ?? examples).data ?? []
      if (type === 'boolean') return [[spelling, 'true']]
      return word === undefined || spelling === name ? [] : [[spelling, word]]
    })
    return {
      name,
      operators: variants.map(({ spelling }) => spelling.slice(name.length + 1, -1)),
      spellings: variants.map(({ spelling }) => spelling),
      singleValued: variants.filter(({ isMany }) => !isMany).map(({ spelling }) => spelling),
      schema,
      example: exampleOf(schema),
      operands: Object.fromEntries(operands),
    }
  })
})

/** A schema, or the component that it refers to. */
function resolveReference(components: unknown, schema: Document): Document {
  const name =
    String(schema.$ref ?? '')
      .split('/')
      .at(-1) ?? ''
  return Object(components).schemas?.[name] ?? schema
}

/** A value that a schema allows. Covers only the schemas of these parameters. */
function exampleOf(schema: Document): string {
  const enumeration = z.array(z.string()).safeParse(schema.enum)
  if (enumeration.success) return enumeration.data[0] ?? ''
  const candidates = [
    '2011',
    '2026-01-31',
    '7',
    '142',
    'CNY',
    'CN',
    'en',
    'energy',
    'a:b',
    'https://ror.org/034t30j35',
    '/title',
  ]
  const pattern = typeof schema.pattern === 'string' ? new RegExp(schema.pattern, 'u') : /^/
  if (schema.type === 'integer' || schema.type === 'number') return '7'
  if (schema.format === 'date-time') return '2026-01-31T09:30:00Z'
  if (schema.format === 'uuid') return '00000000-0000-7000-8000-000000000000'
  const [example] = z.array(z.string()).safeParse(schema.examples).data ?? []
  if (example !== undefined) return example
  return candidates.find((candidate) => pattern.test(candidate)) ?? '14010'
}

/** A valid value for a spelling: one of the parameter, unless the operator takes another type. */
const valueFor = (spelling: string, { operands, example }: Parameter) => operands[spelling] ?? example

const query = (entries: [string, string][]) =>
  entries.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')

describe.each(resources)('a query of $name', (resource) => {
  const list = listPath(resource)

  async function expectRefused(search: string): Promise<HttpResponse> {
    const response = await api.get(`${list}?${search}`)
    expect({ search, status: response.status }).toEqual({ search, status: 400 })
    return response
  }

  it('with any documented parameter except cursor, in any of its spellings, returns 200', async () => {
    const parameters = parametersOf(resource)
    expect(parameters.length).toBeGreaterThan(5)
    for (const parameter of parameters.filter(({ name }) => name !== 'cursor')) {
      for (const spelling of parameter.spellings) {
        const value = valueFor(spelling, parameter)
        const response = await api.get(`${list}?${query([[spelling, value]])}`)
        expect({ spelling, value, status: response.status }).toEqual({ spelling, value, status: 200 })
      }
    }
  })

  it('with unknown parameters is refused, and each error suggests a similar known one', async () => {
    const names = parametersOf(resource).map(({ name }) => name)
    const response = await expectRefused(query(names.map((name) => [`${name}x`, '1'])))
    for (const name of names) {
      expect(faultAt(response, `${name}x`)).toMatchObject({
        code: 'unknown',
        message: expect.stringContaining('did you mean'),
      })
    }
    expect(faultAt(response, 'sortx')?.message).toContain('did you mean "sort"?')
  })

  it('with parameters that other services have is refused, and errors suggest known ones', async () => {
    const suggestions = {
      page: 'cursor',
      offset: 'cursor',
      skip: 'cursor',
      per_page: 'limit',
      pageSize: 'limit',
      order_by: 'sort',
      expand: 'include',
      search: 'q',
    }
    // Citations have a filter `page`.
    const unknown = Object.entries(suggestions).filter(([name]) =>
      parametersOf(resource).every((one) => one.name !== name),
    )
    const response = await expectRefused(query(unknown.map(([name]) => [name, '1'])))
    for (const [name, known] of unknown)
      expect(faultAt(response, name)?.message).toContain(`did you mean "${known}"?`)
  })

  it('with names of Object.prototype is refused like any other unknown name', async () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const response = await expectRefused(`${name}=1`)
      expect(faultAt(response, name)?.code).toBe('unknown')
      const operator = `createdAt[${name}]`
      expect(faultAt(await expectRefused(`${operator}=2011`), operator)?.code).toBe('unknown')
    }
  })

  it('with operators that a parameter does not have is refused, with an error for each', async () => {
    const entries = parametersOf(resource).flatMap(({ name, operators, example }) =>
      ['gte', 'like', 'nex']
        .filter((operator) => !operators.includes(operator))
        .map((operator): [string, string] => [`${name}[${operator}]`, example]),
    )
    // A problem lists at most 100 faults.
    for (let index = 0; index < entries.length; index += 100) {
      const chunk = entries.slice(index, index + 100)
      const response = await expectRefused(query(chunk))
      for (const [spelling] of chunk) expect(faultAt(response, spelling)?.code).toBe('unknown')
    }
    expect(faultAt(await expectRefused('createdAt[gtee]=2011'), 'createdAt[gtee]')?.message).toMatch(
      /did you mean "gte?"/,
    )
  })

  it('with an unknown enumeration value is refused, and the error suggests a similar one', async () => {
    const enumerated = parametersOf(resource).filter(({ schema }) => Array.isArray(schema.enum))
    expect(enumerated.length).toBeGreaterThan(3)
    for (const { spellings, example } of enumerated) {
      for (const spelling of spellings.filter((one) => !one.endsWith('[isNull]'))) {
        const response = await expectRefused(query([[spelling, `${example}x`]]))
        expect(faultAt(response, spelling)).toMatchObject({
          code: 'unknown_value',
          message: expect.stringContaining('did you mean'),
        })
      }
    }
  })

  it('with a value that does not match its schema is refused', async () => {
    for (const { spellings, schema } of parametersOf(resource)) {
      const isUnconstrained = !schema.enum && !schema.format && !schema.pattern
      const wrong = ['~', 'x y', '2011-13-45', '-', '١٢'].filter(
        (text) => typeof schema.pattern !== 'string' || !new RegExp(schema.pattern, 'u').test(text),
      )
      for (const spelling of isUnconstrained ? [] : spellings) {
        for (const text of wrong.slice(0, 2)) {
          expect(faultAt(await expectRefused(query([[spelling, text]])), spelling)).toBeDefined()
        }
      }
    }
  })

  it('with an empty value of any parameter is refused, and the error names the parameter', async () => {
    for (const { spellings } of parametersOf(resource)) {
      for (const spelling of spellings) {
        expect(faultAt(await expectRefused(`${encodeURIComponent(spelling)}=`), spelling)).toBeDefined()
        expect(faultAt(await expectRefused(encodeURIComponent(spelling)), spelling)).toBeDefined()
      }
    }
  })

  it('with an empty value among others is refused', async () => {
    for (const { name, spellings, singleValued, example } of parametersOf(resource)) {
      if (singleValued.includes(name) || !spellings.includes(name)) continue
      expect(faultAt(await expectRefused(`${name}=${encodeURIComponent(example)},`), name)).toBeDefined()
    }
  })

  it('with NUL in a value of any parameter is refused, and the error names the parameter', async () => {
    for (const { spellings, example } of parametersOf(resource)) {
      for (const spelling of spellings) {
        for (const value of ['%00', `${encodeURIComponent(example)}%00`]) {
          expect(
            faultAt(await expectRefused(`${encodeURIComponent(spelling)}=${value}`), spelling),
          ).toBeDefined()
        }
      }
    }
  })

  it('with a repeated parameter that takes one value is refused, and the error names it', async () => {
    for (const { singleValued, example } of parametersOf(resource)) {
      for (const spelling of singleValued) {
        const response = await expectRefused(
          query([
            [spelling, example],
            [spelling, example],
          ]),
        )
        expect(faultAt(response, spelling)?.code).toBe('repeated')
      }
    }
  })

  it('with a list as name[]=value is refused for a parameter that takes one value', async () => {
    for (const { singleValued, example } of parametersOf(resource)) {
      for (const spelling of singleValued) {
        const response = await expectRefused(query([[`${spelling}[]`, example]]))
        expect(faultAt(response, `${spelling}[]`)).toMatchObject({
          code: 'repeated',
          message: expect.stringContaining('[]'),
        })
      }
    }
  })

  it('with an operator that only a search has is refused, and the error names the search', async () => {
    const entries = Object.entries(resource.filters).flatMap(([name, { comparisons }]) =>
      ['certainlyGte', 'overlaps', 'startsWith']
        .filter((operator) => operator in comparisons)
        .map((operator) => `${name}[${operator}]`),
    )
    expect(entries.length).toBeGreaterThan(0)
    for (const spelling of entries) {
      expect(faultAt(await expectRefused(query([[spelling, '2011']])), spelling)?.message).toContain(
        `POST ${list}/search`,
      )
    }
  })

  it('with more than 200 values, or a value of thousands of characters, is refused', async () => {
    const property = resource.key.property
    const many = Array.from({ length: 201 }, () => '142').join()
    const fault = faultAt(await expectRefused(`${property}=${many}`), property)
    expect(fault).toMatchObject({ code: 'too_big', limit: 200 })
    for (const name of [property, 'q', 'cursor', 'sort', 'createdAt[gte]']) {
      expect(faultAt(await expectRefused(query([[name, 'a'.repeat(5_000)]])), name)).toBeDefined()
    }
  })

  it('with an invalid time is refused', async () => {
    for (const time of [
      '2026-02-30',
      '2026-13-01',
      '2026-01-01T25:00:00Z',
      '2026-01-01T00:00:00',
      '0000-01-01',
      '0001-01-01T00:00:00+23:59',
      '9999-12-31T23:59:59-23:59',
      '+010000-01-01T00:00:00Z',
      'yesterday',
    ]) {
      const response = await expectRefused(query([['createdAt[gte]', time]]))
      expect(faultAt(response, 'createdAt[gte]')).toBeDefined()
    }
  })

  it.each([
    'a[b][c]=1',
    'createdAt[gte][lt]=2011',
    'createdAt[]=2011',
    '[gte]=2011',
    'createdAt[gte=2011',
    '=1',
    'a]=1',
  ])('with the malformed name %s is refused, and the error contains the name', async (search) => {
    const response = await expectRefused(search)
    expect(faultAt(response, search.split('=').slice(0, -1).join('='))).toBeDefined()
  })

  it.each(['q=%', 'q=%zz', 'q=%E4%B8', 'q=%C0%80', 'q=%ED%A0%80', '%ff=1', 'createdAt%5Bgte%5=2011'])(
    'with percent-encoding that is malformed or not UTF-8, %s, is refused',
    async (search) => {
      const response = await expectRefused(search)
      expect(readProblem(response).type).toBe('/problems/malformed-request')
      expect(readProblem(response).detail).toContain('percent-encoding')
    },
  )

  it('may have its names and values percent-encoded, spaces as +, and empty pairs between them', async () => {
    const { key } = await createRecord(resource, api)
    const property = resource.key.property
    const plain = (await api.get(`${list}?${property}=${key}&createdAt[gte]=2011-01-01`)).text
    const everyCharacter = [...property].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('')
    const encoded = `&&${everyCharacter}=${encodeURIComponent(key)}&&createdAt%5Bgte%5D=2011-01-01&`
    expect((await api.get(`${list}?${encoded}`)).text).toBe(plain)
    const spaced = await api.get(`${list}?q=science+policy`)
    expect(spaced.status).toBe(200)
    expect(spaced.json()).toEqual((await api.get(`${list}?q=science%20policy`)).json())
  })

  it('is refused on writes, which then write nothing', async () => {
    const { path, record } = await createRecord(resource, api)
    const document = await exampleDocument(resource, api)
    for (const response of [
      await api.post(`${list}?fields=version`, document),
      await api.put(`${path}?force=true`, record),
      await api.patch(`${path}?include=citations`, {}),
      await api.delete(`${path}?version=1`),
    ]) {
      expect(response.status).toBe(400)
      expect(readProblem(response).type).toBe('/problems/invalid-parameter')
    }
    expect((await api.get(path)).json()).toEqual(record)
    expect((await api.post(list, document)).status).toBe(201)
  })

  it('with several faults is refused, with an error for each', async () => {
    const response = await expectRefused(
      'limit=0&sort=nonsense&nonsense=1&createdAt[gte]=x&fields=id,nonsense',
    )
    expect(
      readProblem(response)
        .errors?.map(({ parameter }) => parameter)
        .filter((name) => name !== 'fields'),
    ).toEqual(['limit', 'sort', 'nonsense', 'createdAt[gte]'])
    expect(faultAt(response, 'fields')).toBeDefined()
  })
})
