import { Ajv2020 } from 'ajv/dist/2020.js'
import formatsPlugin from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { registry } from '../../src/resources/registry.ts'
import { type Api, openApi } from '../support/api.ts'
import { documentForm, gridOperations, type Operation, operationsIn } from '../support/openapi-document.ts'

const { resources } = registry

const schema = z.record(z.string(), z.unknown())

let api: Api
let document: z.output<typeof documentForm>
let operations: Operation[]
let grid: Operation[]
beforeAll(async () => {
  api = await openApi()
  document = documentForm.parse(api.document)
  operations = operationsIn(document)
  grid = gridOperations(operations)
})
afterAll(() => api.close())

describe('the schemas of the OpenAPI document', () => {
  let ajv: Ajv2020
  beforeAll(() => {
    // The package is CommonJS: its function is the default of its default.
    const addFormats = formatsPlugin.default
    ajv = new Ajv2020({ strict: false, code: { optimize: false } })
    addFormats(ajv)
    for (const format of ['edtf', 'iri']) ajv.addFormat(format, true)
    ajv.addSchema(api.document, 'openapi')
  })

  /** What a validator has against a value, by the schema at a pointer; an empty list if nothing. */
  function faultsOf(value: unknown, pointer: string): unknown[] {
    const validate = ajv.compile({ $ref: `openapi#${pointer}` })
    return validate(value) ? [] : (validate.errors ?? [])
  }
  const escaped = (...steps: string[]) =>
    steps.map((step) => `/${encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')

  it('accept their own examples', () => {
    for (const [name, { examples }] of Object.entries(document.components.schemas))
      for (const example of z.array(z.unknown()).parse(examples))
        expect(faultsOf(example, `/components/schemas/${name}`), name).toEqual([])
  })

  it('accept the examples of bodies', () => {
    let count = 0
    for (const { path, method, requestBody, responses } of operations) {
      const contents = [
        ...Object.entries(requestBody?.content ?? {}).map(([type, { example }]) => ({
          example,
          at: ['requestBody', 'content', type],
        })),
        ...Object.entries(responses).flatMap(([status, { content = {} }]) =>
          Object.entries(content).map(([type, { example }]) => ({
            example,
            at: ['responses', status, 'content', type],
          })),
        ),
      ]
      for (const { example, at } of contents.filter((content) => content.example !== undefined)) {
        count++
        const place = escaped('paths', path, method, ...at, 'schema')
        expect(faultsOf(example, place), place).toEqual([])
      }
    }
    expect(count).toBeGreaterThanOrEqual(3 * resources.length)
  })

  it('describe examples that can be sent as they are', async () => {
    for (const { name, example } of resources.filter(({ key }) => key.madeBy === 'client')) {
      const answer = await api.post(`/v1/${name}`, example)
      // The reference data has it already, or it is made now.
      expect([201, 409], `${name}: ${answer.text}`).toContain(answer.status)
    }
    for (const { name, example } of resources.filter(({ key }) => key.madeBy === 'registry')) {
      const { externalIds, ...document } = example
      const answer = await api.post(`/v1/${name}`, document)
      const faults = answer.status === 201 ? [] : answer.json<{ errors: { code: string }[] }>().errors
      // Ids of other records in an example are of no record here.
      expect(faults.filter(({ code }) => code !== 'dangling_reference')).toEqual([])
    }
  })

  it.each([1.1, 4.35, 0.07, 1_500_000.5, 9_234_567_890_123.45])(
    'accept an amount of %d, also in a validator that uses floating-point numbers',
    (amount) => {
      expect(faultsOf({ amount, currency: 'CNY' }, '/components/schemas/Money')).toEqual([])
    },
  )

  it('refuse what the registry refuses', () => {
    const wrong = [
      { title: 'No kind' },
      { title: 'A', kind: 'none' },
      { title: 'A', kind: 'treaty', parties: [{ country: 'pak', role: 'party' }] },
      { title: 'A', kind: 'treaty', unheardOf: 1 },
      { title: '', kind: 'treaty' },
    ]
    const place = escaped(
      'paths',
      '/v1/agreements',
      'post',
      'requestBody',
      'content',
      'application/json',
      'schema',
    )
    for (const body of wrong) expect(faultsOf(body, place), JSON.stringify(body)).not.toEqual([])
    expect(faultsOf({ title: 'A', kind: 'treaty' }, place)).toEqual([])
  })

  it('allow several values with commas where an operator takes them', () => {
    const place = (name: string) => {
      const at = document.paths['/v1/agreements']?.get?.parameters.findIndex((one) => one.name === name)
      return escaped('paths', '/v1/agreements', 'get', 'parameters', String(at), 'schema')
    }
    for (const [name, value] of [
      ['topic', { exactly: 'energy,ocean' }],
      ['status', { ne: 'signed,expired' }],
      ['country', { all: 'CHN,PAK:party', noneAs: 'observer,depositary' }],
    ] as const)
      expect(faultsOf(value, place(name)), name).toEqual([])
    expect(faultsOf({ ne: 'singed' }, place('status'))).not.toEqual([])
  })

  it('put no array into an object of a query, which OpenAPI cannot describe', () => {
    const nested = z.looseObject({
      anyOf: z.array(z.looseObject({ properties: z.record(z.string(), schema).optional() })).optional(),
      properties: z.record(z.string(), schema).optional(),
    })
    const lists = grid.flatMap(({ operationId, parameters }) =>
      parameters.flatMap(({ name, schema: own }) => {
        const { anyOf = [], properties } = nested.parse(own)
        return [{ properties }, ...anyOf].flatMap((variant) =>
          Object.entries(variant.properties ?? {})
            .filter(([, inner]) => inner.type === 'array')
            .map(([operator]) => `${operationId} ${name}[${operator}]`),
        )
      }),
    )
    expect(lists).toEqual([])
  })

  it('type numbers in queries as numbers, so that clients can give numbers', () => {
    const typeOf = (path: string, name: string) => {
      const own = document.paths[path]?.get?.parameters.find((candidate) => candidate.name === name)
      return JSON.stringify(own?.schema)
    }
    expect(typeOf('/v1/agreements', 'limit')).toMatch(/"type":"integer"/)
    expect(typeOf('/v1/projects', 'budget')).toMatch(/"type":"number"/)
    expect(typeOf('/v1/cooperation-bases', 'unitCount')).toMatch(/"type":"(number|integer)"/)
  })
})
