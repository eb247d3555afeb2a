import { describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { type Operation, openApiDocumentSchema, operationsIn } from '../support/openapi-document.ts'

/** What generated clients need in the OpenAPI document, in addition to the schemas. */

const api = await sharedApi()
const operations = operationsIn(openApiDocumentSchema.parse(api.document))

describe('a parameter with several values', () => {
  it('has no example of its own if it has an operator', () => {
    const withExamples = operations
      .flatMap(({ parameters }) => parameters)
      .filter(({ schema }) => Object(schema.items).examples)
      .map(({ name }) => name)
    expect(withExamples).toContain('country')
    expect(withExamples.filter((name) => name.includes('['))).toEqual([])
  })

  it('is repeated where a value may contain commas, and otherwise sent once', () => {
    const lists = operations
      .flatMap(({ parameters }) => parameters)
      .filter(({ schema }) => schema.type === 'array')
    const repeated = new Set(lists.filter(({ explode }) => explode !== false).map(({ name }) => name))
    expect([...repeated].sort()).toEqual([
      'code',
      'code[ne]',
      'externalId',
      'page',
      'page[ne]',
      'paragraph',
      'paragraph[ne]',
    ])
    expect(lists.length).toBeGreaterThan(100)
  })

  it.each([
    '/v1/agreements?externalId=interview-2011%3AF01&externalId=interview-2011%3AF02',
    '/v1/citations?page=12&page=14&paragraph=1&paragraph=2',
    '/v1/topics?code=110&code=111',
  ])('is accepted when a client repeats it and encodes its values: %s', async (url) => {
    expect((await api.get(url)).status).toBe(200)
  })
})

it('the document declares Retry-After wherever a request may be refused for a while', () => {
  const isDeclared = ({ headers }: Operation['responses'][string]) => 'Retry-After' in Object(headers)
  const missing = operations.flatMap(({ operationId, responses, parameters }) => {
    const isIdempotent = parameters.some(({ name }) => name === 'Idempotency-Key')
    const statuses = ['default', '429', '503', ...(isIdempotent ? ['409'] : [])]
    return Object.entries(responses).flatMap(([status, response]) =>
      statuses.includes(status) && !isDeclared(response) ? [`${operationId} ${status}`] : [],
    )
  })
  expect(missing).toEqual([])
  expect(
    operations.filter(({ responses }) => responses.default && isDeclared(responses.default)),
  ).toHaveLength(operations.length)
})
