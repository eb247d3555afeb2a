import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { sharedApi } from '../support/api.ts'
import { openApiDocumentSchema } from '../support/openapi-document.ts'

const api = await sharedApi()
const document = openApiDocumentSchema.parse(api.document)

describe('the pages of problems', () => {
  it('exist for each type in the OpenAPI document, with a title, the status and a text', async () => {
    const problem = z
      .looseObject({ properties: z.looseObject({ type: z.looseObject({ enum: z.array(z.string()) }) }) })
      .parse(document.components.schemas.Problem)
    const types = problem.properties.type.enum
    expect(types.length).toBeGreaterThan(10)
    const overview = await (await fetch(`${api.origin}/problems`)).text()
    for (const type of types) {
      const page = await fetch(`${api.origin}${type}`)
      expect(page.status, type).toBe(200)
      expect(page.headers.get('content-type'), type).toMatch(/^text\/html/)
      expect(await page.text(), type).toMatch(/<h1>.+<\/h1><p>HTTP status \d{3}<\/p><p>.+<\/p>/)
      expect(overview).toContain(`href="${type}"`)
    }
  })

  it('have the headers Referrer-Policy and Cross-Origin-Opener-Policy, like other HTML pages', async () => {
    for (const path of ['/problems', '/docs', '/', '/unheard-of']) {
      const { headers } = await fetch(`${api.origin}${path}`, { headers: { accept: 'text/html' } })
      expect(headers.get('content-type'), path).toMatch(/^text\/html/)
      expect(headers.get('referrer-policy'), path).toBe('no-referrer')
      expect(headers.get('cross-origin-opener-policy'), path).toBe('same-origin')
    }
  })

  it('are the pages that problem responses link to', async () => {
    const { type, title } = (await api.get('/v1/agreements?unheardOf=1')).json<Record<string, string>>()
    expect(await (await fetch(`${api.origin}${type}`)).text()).toContain(`<h1>${title}</h1>`)
  })
})
