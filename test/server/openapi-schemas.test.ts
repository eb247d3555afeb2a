import type { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { registry } from '../../src/resources/registry.ts'
import { useTestApi } from '../support/api.ts'
import { type Operation, openApiDocumentSchema, operationsIn } from '../support/openapi-document.ts'
import { createAjv, fragmentPointer } from '../support/responses.ts'

const { resources } = registry

const api = useTestApi()
let document: z.output<typeof openApiDocumentSchema>
let operations: Operation[]
beforeAll(async () => {
  document = openApiDocumentSchema.parse(api.document)
  operations = operationsIn(document)
})

describe('the schemas of the OpenAPI document', () => {
  let ajv: Ajv2020
  beforeAll(() => {
    ajv = createAjv()
    ajv.addSchema(api.document, 'openapi')
  })

  /** Validates a value by the schema at a pointer. @returns the errors; empty if the value is valid. */
  function validationErrors(value: unknown, pointer: string): unknown[] {
    const validate = ajv.compile({ $ref: `openapi#${pointer}` })
    return validate(value) ? [] : (validate.errors ?? [])
  }

  it('describe each kind of operation of a bulk request', () => {
    const described = z.object({ enum: z.array(z.string()), description: z.string() })
    const { enum: kinds, description } = described.parse(document.components.schemas.Op)
    for (const kind of kinds) expect(description).toContain(`\`${kind}\``)
  })

  it('accept their own examples', () => {
    let count = 0
    for (const [name, { examples }] of Object.entries(document.components.schemas)) {
      for (const example of z.array(z.unknown()).parse(examples ?? [])) {
        count++
        expect(validationErrors(example, `/components/schemas/${name}`), name).toEqual([])
      }
    }
    expect(count).toBeGreaterThanOrEqual(resources.length)
  })

  it('accept the examples of bodies', () => {
    let count = 0
    for (const { path, method, requestBody, responses } of operations) {
      const contents = [
        ...Object.entries(requestBody?.content ?? {}).map(([type, { example }]) => ({
          example,
          steps: ['requestBody', 'content', type],
        })),
        ...Object.entries(responses).flatMap(([status, { content = {} }]) =>
          Object.entries(content).map(([type, { example }]) => ({
            example,
            steps: ['responses', status, 'content', type],
          })),
        ),
      ]
      for (const { example, steps } of contents.filter((content) => content.example !== undefined)) {
        count++
        const pointer = fragmentPointer('paths', path, method, ...steps, 'schema')
        expect(validationErrors(example, pointer), pointer).toEqual([])
      }
    }
    expect(count).toBeGreaterThanOrEqual(3 * resources.length)
  })

  it('have examples that can be sent, apart from references to records', async () => {
    for (const { name, example } of resources.filter(({ key }) => key.assignedBy === 'client')) {
      const response = await api.post(`/v1/${name}`, example)
      // The record is created, or it already exists in the reference data.
      expect([201, 409], `${name}: ${response.text}`).toContain(response.status)
    }
    for (const { name, example } of resources.filter(({ key }) => key.assignedBy === 'registry')) {
      const response = await api.post(`/v1/${name}`, example)
      const faults = response.status === 201 ? [] : response.json<{ errors: { code: string }[] }>().errors
      // Examples refer to ids that do not exist in this registry.
      expect(faults.filter(({ code }) => code !== 'dangling_reference')).toEqual([])
    }
  })

  it('have an example of a problem that is the response of the service', async () => {
    const [example] = z
      .array(z.looseObject({ instance: z.string() }))
      .parse(document.components.schemas.Problem?.examples)
    expect((await api.get(example?.instance ?? '')).json()).toEqual(example)
  })

  it('name the parts of an upload, the mapping before the files, and allow several lists', () => {
    for (const name of ['ImportUpload', 'ImportPreviewUpload']) {
      const { properties, description } = document.components.schemas[name] ?? {}
      const parts = ['mapping', ...(name === 'ImportUpload' ? ['decisions'] : []), 'file', 'list']
      expect(Object.keys(Object(properties))).toEqual(parts)
      expect(description).toContain('mapping')
      const list = { type: 'array', items: { type: 'string', format: 'binary' } }
      expect(properties).toMatchObject({ list })
    }
  })

  it.each([1.1, 4.35, 0.07, 1_500_000.5, 9_234_567_890_123.45])(
    'accept an amount of %d, even in a validator that uses floating-point numbers',
    (amount) => {
      const stated = { kind: 'budget', date: null, amount, currency: 'CNY', valueUsd: null, note: null }
      expect(validationErrors(stated, '/components/schemas/ProjectAmount')).toEqual([])
    },
  )

  it.each([
    ['a percentage', 'ProjectSectorInput', 'percentage', [0, 101], [0.0001, 100]],
    [
      'an amount',
      'ProjectAmountInput',
      'amount',
      [1e13, -1e13],
      [9_999_999_999_999.99, -9_999_999_999_999.99],
    ],
    ['a value in US dollars', 'ProjectAmountInput', 'valueUsd', [1e13, -1e13], [0, null]],
  ])('have the bounds of %s', (_what, schema, property, invalid, valid) => {
    const pointer = `/components/schemas/${schema}/properties/${property}`
    for (const value of invalid) expect(validationErrors(value, pointer), String(value)).not.toEqual([])
    for (const value of valid) expect(validationErrors(value, pointer), String(value)).toEqual([])
  })

  it('accept a patch of a citation with only the id of its record, as the service does', async () => {
    const { id: source } = (await api.post('/v1/sources', { title: 'A', kind: 'report' })).json<{
      id: string
    }>()
    const record = { resource: 'countries', id: 'PAK' }
    const created = await api.post('/v1/citations', { source, record })
    const { id } = created.json<{ id: string }>()
    const patch = { record: { id: 'CHN' } }
    const response = await api.patch(`/v1/citations/${id}`, patch)
    expect(response.json()).toMatchObject({ record: { ...record, id: 'CHN' } })
    expect(validationErrors(patch, '/components/schemas/CitationPatch')).toEqual([])
  })

  it.each(resources)(
    'refuse null in a patch for exactly the required properties of $name',
    ({ singular, document: { shape } }) => {
      const { required } = document.components.schemas[`${singular}Input`] ?? {}
      const pointer = `/components/schemas/${singular}Patch`
      const refused = Object.keys(shape).filter(
        (property) => validationErrors({ [property]: null }, pointer).length > 0,
      )
      expect(refused).toEqual(required)
    },
  )

  it('refuse a patch that removes one number of a point, as the service does', async () => {
    const patch = { labelPoint: { latitude: null } }
    expect((await api.patch('/v1/countries/PAK', patch)).status).toBe(422)
    expect(validationErrors(patch, '/components/schemas/CountryPatch')).not.toEqual([])
    expect(validationErrors({ labelPoint: null }, '/components/schemas/CountryPatch')).toEqual([])
  })

  it('refuse conditions of a search that are empty, as the service does', async () => {
    const search = '/v1/agreements/search'
    const isValid = (body: unknown) =>
      validationErrors(body, '/components/schemas/AgreementSearch').length === 0
    const filled = { signedOn: { gte: '2011' }, parties: { some: { country: { eq: 'PAK' } } } }
    const bodies = [
      { where: filled },
      { where: { not: filled } },
      { where: {} },
      { where: { ...filled, signedOn: {} } },
      { where: { not: {} } },
      { where: { and: [{}] } },
      { where: { parties: {} } },
      { where: { parties: { some: {} } } },
      { where: { citations: { none: { rank: {} } } } },
    ]
    for (const [index, body] of bodies.entries()) {
      const isFilled = index < 2
      expect(isValid(body), JSON.stringify(body)).toBe(isFilled)
      expect((await api.post(search, body)).status, JSON.stringify(body)).toBe(isFilled ? 200 : 400)
    }
  })

  it('refuse invalid agreements, and accept a valid one', () => {
    const invalid = [
      { title: 'No kind' },
      { title: 'A', kind: 'none' },
      { title: 'A', kind: 'treaty', parties: [{ country: 'pak', role: 'party' }] },
      { title: 'A', kind: 'treaty', unheardOf: 1 },
      { title: '', kind: 'treaty' },
    ]
    const pointer = fragmentPointer(
      'paths',
      '/v1/agreements',
      'post',
      'requestBody',
      'content',
      'application/json',
      'schema',
    )
    for (const body of invalid) expect(validationErrors(body, pointer), JSON.stringify(body)).not.toEqual([])
    expect(validationErrors({ title: 'A', kind: 'treaty' }, pointer)).toEqual([])
  })

  const parametersOf = (path: string) => document.paths[path]?.get?.parameters ?? []

  it('describe each operator as a separate parameter: one value, or a comma-separated list', () => {
    const found = new Map(parametersOf('/v1/agreements').map((parameter) => [parameter.name, parameter]))
    for (const [name, type] of [
      ['signedOn', 'string'],
      ['signedOn[gte]', 'string'],
      ['signedOn[within]', 'string'],
      ['createdAt[lt]', 'string'],
      ['status[isNull]', 'boolean'],
      ['limit', 'integer'],
    ] as const)
      expect(found.get(name)?.schema, name).toMatchObject({ type })
    for (const name of [
      'status',
      'status[ne]',
      'country[all]',
      'country[noneAs]',
      'topic[allDirectly]',
      'sort',
    ])
      expect(found.get(name), name).toMatchObject({
        explode: false,
        schema: { type: 'array' },
      })
  })

  it('have neither unions nor objects in parameters, and at most 200 parameters in an operation', () => {
    for (const { operationId, parameters } of operations) {
      expect(parameters.length, operationId).toBeLessThanOrEqual(200)
      for (const { name, schema, style } of parameters) {
        const text = JSON.stringify(schema)
        expect(`${operationId} ${name} ${text}`).not.toMatch(/"(anyOf|oneOf|allOf)"|"type":"object"/)
        expect(style).toBeUndefined()
      }
    }
  })

  it('have numeric types for numbers in queries', () => {
    const typeOf = (path: string, name: string) => {
      const parameter = parametersOf(path).find((candidate) => candidate.name === name)
      return JSON.stringify(parameter?.schema)
    }
    expect(typeOf('/v1/agreements', 'limit')).toMatch(/"type":"integer"/)
    expect(typeOf('/v1/projects', 'amount')).toMatch(/"type":"number"/)
    expect(typeOf('/v1/cooperation-bases', 'unitCount')).toMatch(/"type":"(number|integer)"/)
  })
})
