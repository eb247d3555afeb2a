import { adminKey, openTestApp } from '../support/app.ts'
import { getPort } from '../support/ports.ts'

/** The service with its seed data and an agreement without a country, listening on a free port. */
export interface Service {
  origin: string
  /** The text of the served OpenAPI document. */
  openApi: string
  close(): Promise<void>
}

/** Opens the service on a clone of the seeded template database, and listens. */
export async function openService(): Promise<Service> {
  const { app, close } = await openTestApp()
  const { statusCode, body } = await app.inject({
    method: 'POST',
    url: '/v1/agreements',
    headers: { authorization: `Bearer ${adminKey}` },
    payload: { title: 'Without a country', kind: 'other', signedOn: '2011-01' },
  })
  if (statusCode !== 201) throw new Error(body)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const port = getPort(app.server)
  const origin = `http://127.0.0.1:${port}`
  const openApi = await (await fetch(`${origin}/openapi.json`)).text()
  return { origin, openApi, close }
}
