import { describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { checkCsv, continueImport, newScheme, treatyHeader, treatyMapping } from '../support/imports.ts'

/** Decisions about names that somebody else has decided in the meantime, in the same or another import of the register. */

const api = await sharedApi()

const csv = `${treatyHeader}\n1,On fire,2003,Atlantis\n2,On sand,2004,Mu\n`

/** Makes a dry run in which the countries Atlantis and Mu are unresolved. @returns the id of the import. */
const check = async (scheme: string) => (await checkCsv(api.database, treatyMapping(scheme), csv)).id

const decide = (id: string, name: string, key: string | null, onlyUndecided = true) =>
  api.put(`/v1/imports/${id}/names`, { decisions: [{ resource: 'countries', name, key }], onlyUndecided })

async function unresolvedNames(id: string): Promise<string[]> {
  const { data } = (await api.get(`/v1/imports/${id}/names`, { key: adminKey })).json<{
    data: { name: string }[]
  }>()
  return data.map(({ name }) => name).sort()
}

describe('a decision with onlyUndecided', () => {
  it.each([
    ['the same import', false],
    ['another import of the register', true],
  ])('does not replace the decision of somebody else in %s', async (_, inOther) => {
    const scheme = newScheme()
    const id = await check(scheme)
    const other = inOther ? await check(scheme) : id
    expect((await decide(other, 'Atlantis', 'PAK')).status).toBe(200)
    const refused = await decide(id, 'Atlantis', null)
    expect(refused.status, refused.text).toBe(409)
    expect(refused.json()).toMatchObject({
      type: '/problems/conflict',
      errors: [
        {
          pointer: '/decisions/0/key',
          code: 'decided',
          message: '"ADMIN_KEY" has decided that "Atlantis" is "PAK"',
        },
      ],
    })
    expect((await decide(id, 'Mu', 'KEN')).status).toBe(200)
    expect((await decide(id, 'Atlantis', 'PAK')).status).toBe(200)
    expect(await continueImport(api.database, id)).toMatchObject({ counts: { created: 2, refused: 0 } })
    expect((await decide(id, 'Atlantis', null, false)).status).toBe(200)
  })

  it('is refused to all but one of the requests at the same time', async () => {
    const scheme = newScheme()
    const ids = [await check(scheme), await check(scheme), await check(scheme)]
    const keys = ['PAK', 'KEN', 'PER']
    const responses = await Promise.all(ids.map((id, index) => decide(id, 'Atlantis', keys[index] ?? null)))
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 409, 409])
  })

  it('replaces a decision whose record is gone', async () => {
    const id = await check(newScheme())
    expect((await api.post('/v1/countries', { code: 'QZX', name: 'Qzx' })).status).toBe(201)
    await decide(id, 'Atlantis', 'QZX')
    await continueImport(api.database, id)
    expect((await decide(id, 'Atlantis', 'PAK')).status).toBe(409)
    expect((await api.delete('/v1/countries/QZX')).status).toBe(204)
    expect((await decide(id, 'Atlantis', 'PAK')).status).toBe(200)
  })

  it('is refused once the commit has begun', async () => {
    const id = await check(newScheme())
    await api.post(`/v1/imports/${id}/commit`, undefined)
    const refused = await decide(id, 'Atlantis', 'PAK')
    expect(refused.status).toBe(409)
    expect(refused.json()).toMatchObject({
      detail: expect.stringMatching(/^The import is commit\w+: decisions would not apply to it\.$/),
    })
  })
})

describe('a decision about a name', () => {
  it('also takes effect in another staged import of the register', async () => {
    const scheme = newScheme()
    const [id, other] = [await check(scheme), await check(scheme)]
    await decide(other, 'Atlantis', 'PAK')
    expect(await continueImport(api.database, id)).toMatchObject({
      state: 'staged',
      counts: { created: 1, refused: 1 },
    })
    expect(await unresolvedNames(id)).toEqual(['Mu'])
  })
})
