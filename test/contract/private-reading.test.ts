import { describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { isSeeded, keyIn, listPath, type Page, pathTo, unusedKey } from '../support/documents.ts'
import { resources } from '../support/registry.ts'

/** A registry that only clients with a key may read. */

const api = useTestApi({ env: { PUBLIC_READ: 'false' } })

/** A text that cannot be a key of any resource. */
const malformedKey = 'x_y'

describe.each(resources)('$name', (resource) => {
  const list = `${listPath(resource)}?limit=1`

  it('are returned with a key', async () => {
    const response = await api.get(list, { key: adminKey })
    expect(response.status).toBe(200)
    expect(response.json().data).toHaveLength(isSeeded(resource) ? 1 : 0)
  })

  it('return 401 without a key: existing and missing records, valid and invalid requests', async () => {
    const { data } = (await api.get(list, { key: adminKey })).json<Page>()
    for (const url of [
      list,
      `${list}&nonsense=1`,
      ...data.map((record) => pathTo(resource, keyIn(resource, record))),
      pathTo(resource, unusedKey(resource)),
      `${listPath(resource)}/${malformedKey}`,
    ]) {
      for (const method of ['GET', 'HEAD']) {
        const response = await api.request(method, url, { key: null })
        expect({ method, url, status: response.status }).toEqual({ method, url, status: 401 })
        expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm=/)
      }
    }
  })
})

it('the health checks and the OpenAPI document need no key', async () => {
  for (const path of ['/healthz', '/readyz', '/openapi.json']) {
    expect((await api.get(path, { key: null })).status).toBe(200)
  }
})
