import { describe, expect, it } from 'vitest'
import { withSchemeLock } from '../../src/features/imports/lock.ts'
import { useTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { newScheme, treatyHeader } from '../support/imports.ts'
import { uploadTreaties } from '../support/uploaded-imports.ts'

/** Which uploaded imports a service runs, and which wait. */

const api = useTestApi()

/** Uploads a file of a register. @returns the id of its import. */
const upload = (scheme: string): Promise<string> =>
  uploadTreaties(api, `${treatyHeader}\n1,First,2001,China\n`, scheme)

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
