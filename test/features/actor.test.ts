import { describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'

const api = await sharedApi()

const readActor = (key: string | null) => api.get('/v1/actor', { key })

describe('GET /v1/actor', () => {
  it('returns the name and role of the key, and is never cached', async () => {
    const created = await api.post('/v1/keys', { name: 'The treaty section', role: 'editor' })
    const { id, key } = created.json<{ id: string; key: string }>()
    const response = await readActor(key)
    expect(response.json()).toEqual({ kind: 'key', id, name: 'The treaty section', role: 'editor' })
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect((await readActor(adminKey)).json()).toMatchObject({ id: 'ADMIN_KEY', role: 'admin' })
  })

  it('returns the kind anonymous for a client without a key, and refuses a wrong key', async () => {
    expect((await readActor(null)).json()).toEqual({ kind: 'anonymous', id: null, name: null, role: null })
    expect((await readActor('ent_wrong')).status).toBe(401)
  })
})
