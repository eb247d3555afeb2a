import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withSchemeLock } from '../../src/features/imports/lock.ts'
import { type Api, startTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { newScheme, treatyHeader, treatyMapping } from '../support/imports.ts'
import { sendForm } from '../support/send-form.ts'

/** Which uploaded imports a service runs, and which wait. */

let api: Api
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

/** Uploads a file of a register. @returns the id of its import. */
async function upload(scheme: string): Promise<string> {
  const response = await sendForm(api, '/v1/imports', [
    ['mapping', treatyMapping(scheme), 'mapping.yaml'],
    ['file', `${treatyHeader}\n1,First,2001,China\n`, 'treaties.csv'],
  ])
  expect(response.status, response.text).toBe(201)
  return response.json<{ id: string }>().id
}

const stateOf = async (id: string) =>
  (await api.get(`/v1/imports/${id}`, { key: adminKey })).json<{ state: string }>().state

describe('imports of a register on which another process works', () => {
  it('wait, and do not delay imports of other registers', async () => {
    const [locked, other] = [newScheme(), newScheme()]
    const ran = await withSchemeLock(api.database, locked, async () => {
      const waiting = [await upload(locked), await upload(locked), await upload(locked)]
      const id = await upload(other)
      await expect.poll(() => stateOf(id), { timeout: 10_000 }).toBe('staged')
      expect(await Promise.all(waiting.map(stateOf))).toEqual(['staging', 'staging', 'staging'])
    })
    expect(ran).toBe(true)
  })
})
