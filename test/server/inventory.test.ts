import { expect, it } from 'vitest'
import { z } from 'zod'
import { openTestApp } from '../support/app.ts'

/** Routes outside of the OpenAPI document: the documentation, and protocols that describe themselves (MCP, reconciliation). */
const isUndocumented = (url: string) => url === '/' || /^\/(docs|problems|openapi\.|mcp$|reconcile)/.test(url)

const documentSchema = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })

it('the OpenAPI document has every route of the API with its methods, and no other', async () => {
  const { app, close } = await openTestApp({ env: { DASHBOARD: 'off' } })
  try {
    const { paths } = documentSchema.parse((await app.inject('/openapi.json')).json())
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const served = app.routes.urls.flatMap((url) =>
      app.routes
        .methods(url.replaceAll(/\{(\w+)\}/g, ':$1'))
        .filter((method) => method !== 'HEAD' && method !== 'OPTIONS')
        .map((method) => `${method} ${url}`),
    )
    const isApiRoute = (name: string) => !isUndocumented(name.split(' ')[1] ?? '')
    expect(served.filter(isApiRoute).sort()).toEqual(documented.filter(isApiRoute).sort())
    expect(documented.length).toBeGreaterThan(80)
  } finally {
    await close()
  }
})
