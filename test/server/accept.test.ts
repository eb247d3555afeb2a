import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { type Api, sharedApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'

/** The media types of `Accept` headers and of the responses in the OpenAPI document. */

const operationSchema = z.looseObject({
  responses: z.record(z.string(), z.looseObject({ content: z.record(z.string(), z.unknown()).optional() })),
})
const documentSchema = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), operationSchema)) })

let api: Api
beforeAll(async () => {
  api = await sharedApi()
})

it('every operation accepts an Accept header with all media types of its responses', async () => {
  const refused: string[] = []
  for (const [template, methods] of Object.entries(documentSchema.parse(api.document).paths)) {
    const path = template.replaceAll(/\{\w+\}/g, '00000000-0000-7000-8000-000000000000')
    for (const [name, { responses }] of Object.entries(methods)) {
      const types = Object.values(responses).flatMap(({ content }) => Object.keys(content ?? {}))
      // HEAD instead of GET, since streams do not end.
      const method = name === 'get' ? 'HEAD' : name.toUpperCase()
      const headers = { accept: [...new Set(types)].join() }
      const { status } = await api.request(method, path, { headers, key: adminKey })
      if (status === 406) refused.push(`${method} ${template}`)
    }
  }
  expect(refused).toEqual([])
})
