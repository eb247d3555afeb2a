import { expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { unusedId } from '../support/documents.ts'
import { openApiDocumentSchema, operationsIn } from '../support/openapi-document.ts'

/** The media types of `Accept` headers and of the responses in the OpenAPI document. */

const api = await sharedApi()

it('every operation accepts an Accept header with all media types of its responses', async () => {
  const refused: string[] = []
  for (const operation of operationsIn(openApiDocumentSchema.parse(api.document))) {
    const path = operation.path.replaceAll(/\{\w+\}/g, unusedId)
    const types = Object.values(operation.responses).flatMap(({ content }) => Object.keys(content ?? {}))
    // HEAD instead of GET, since streams do not end.
    const method = operation.method === 'get' ? 'HEAD' : operation.method.toUpperCase()
    const headers = { accept: [...new Set(types)].join() }
    const { status } = await api.request(method, path, { headers, key: adminKey })
    if (status === 406) refused.push(`${method} ${operation.path}`)
  }
  expect(refused).toEqual([])
})
