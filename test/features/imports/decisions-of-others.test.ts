// @module-tag slow

import { describe, expect, it } from 'vitest'
import { autocommitReads } from '../../../src/database/database.ts'
import { beginRemoval } from '../../../src/features/imports/cleanup.ts'
import { lockDecisions, requireUndecided, saveDecisions } from '../../../src/features/imports/decisions.ts'
import { requireImport } from '../../../src/features/imports/store.ts'
import { registry } from '../../../src/resources/registry.ts'
import { sharedApi } from '../../support/api.ts'
import { adminKey } from '../../support/app.ts'
import { waitUntilBlockedWithoutId } from '../../support/blocked-sessions.ts'
import { checkCsv, continueImport, newScheme, treatyHeader, treatyMapping } from '../../support/imports.ts'
import { sendForm } from '../../support/send-form.ts'

/** Decisions about names of several imports of a register: which are refused, and which imports are checked again. */

const api = await sharedApi()

const csv = `${treatyHeader}\n1,On fire,2003,Atlantis\n2,On sand,2004,Mu\n`

/** Makes a dry run in which the countries Atlantis and Mu are unresolved. @returns the id of the import. */
const check = async (scheme: string) => (await checkCsv(api.database, treatyMapping(scheme), csv)).id

const decide = (id: string, name: string, key: string | null, onlyUndecided = true) =>
  api.put(`/v1/imports/${id}/names`, { decisions: [{ resource: 'countries', name, key }], onlyUndecided })

/** Stores decisions without an import, as a command does. */
const save = (scheme: string, decisions: Parameters<typeof saveDecisions>[2]) =>
  api.database.transaction(async (tx) => {
    await lockDecisions(tx, scheme)
    await saveDecisions(tx, scheme, decisions, { kind: 'command', id: null, name: 'A test' })
  })

/** Returns how often imports have been checked again. The reading of their files has been the first pass. */
const passesOf = (...ids: string[]) =>
  Promise.all(ids.map(async (id) => (await requireImport(autocommitReads(api.database), id)).pass - 1))

const upload = (scheme: string) =>
  sendForm(api, '/v1/imports', [
    ['mapping', treatyMapping(scheme), 'm.yaml'],
    ['decisions', 'resource,name,decision\ncountries,Atlantis,PAK\n', 'decisions.csv'],
    ['file', csv, 'f.csv'],
  ])

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
  ])('does not replace another decision that was made in %s', async (_, inOther) => {
    const scheme = newScheme()
    const id = await check(scheme)
    const other = inOther ? await check(scheme) : id
    expect((await decide(other, 'Atlantis', 'PAK')).status).toBe(200)
    const refused = await decide(id, 'Atlantis', null)
    expect(refused.status, refused.text).toBe(409)
    expect(refused.json()).toMatchObject({
      type: '/problems/conflict',
      detail: expect.stringMatching(/^These names have been decided in the meantime\./),
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
      detail: expect.stringMatching(/^The import is commit\w+: it is no longer open for decisions\.$/),
    })
  })

  it('is refused if the import has failed', async () => {
    const id = await check(newScheme())
    await api.database.transaction((tx) => beginRemoval(tx, id))
    expect((await decide(id, 'Atlantis', 'PAK')).json()).toMatchObject({
      status: 409,
      detail: 'The import is failed: it is no longer open for decisions.',
    })
  })

  it('looks up the records of the stored decisions with one statement', async () => {
    const scheme = newScheme()
    const names = Array.from({ length: 20 }, (_, index) => `Name ${index}`)
    const decisionsFor = (key: string) => names.map((name) => ({ resource: 'countries', name, key }))
    await save(scheme, decisionsFor('PAK'))
    let statements = 0
    const refused = api.database.transaction((tx) => {
      const query: typeof tx.query = (statement) => {
        statements += 1
        return tx.query(statement)
      }
      return requireUndecided({ query }, registry, scheme, decisionsFor('KEN'))
    })
    await expect(refused).rejects.toMatchObject({ type: 'conflict' })
    expect(statements).toBe(2)
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

  it.each(['PAK', null])('starts no check if the last checks ran with the same decision: %s', async (key) => {
    const scheme = newScheme()
    const [id, other] = [await check(scheme), await check(scheme)]
    await decide(id, 'Atlantis', key)
    expect(await passesOf(id, other)).toEqual([1, 1])
    for (const checked of [id, other]) await continueImport(api.database, checked)
    await decide(id, 'Atlantis', key)
    await decide(other, 'Atlantis', key)
    expect(await passesOf(id, other)).toEqual([1, 1])
    await decide(other, 'Atlantis', 'KEN', false)
    expect(await passesOf(id, other)).toEqual([2, 2])
  })

  it('does not start the checks of imports without the name again', async () => {
    const scheme = newScheme()
    const without = await checkCsv(api.database, treatyMapping(scheme), `${treatyHeader}\n3,Dry,2003,Mu\n`)
    const id = await check(scheme)
    await decide(id, 'Atlantis', 'PAK')
    expect(await passesOf(id, without.id)).toEqual([1, 0])
    await decide(id, 'Mu', 'PAK')
    expect(await passesOf(id, without.id)).toEqual([2, 1])
  })

  it('takes effect in a staged import that was checked before a command stored the same one', async () => {
    const scheme = newScheme()
    const id = await check(scheme)
    await save(scheme, [{ resource: 'countries', name: 'Atlantis', key: 'PAK' }])
    expect((await decide(id, 'Atlantis', 'PAK')).status).toBe(200)
    await continueImport(api.database, id)
    expect(await unresolvedNames(id)).toEqual(['Mu'])
  })

  it('takes effect in a staged import that was checked with one that a command replaced', async () => {
    const scheme = newScheme()
    const id = await check(scheme)
    await decide(id, 'Atlantis', 'PAK')
    await continueImport(api.database, id)
    await save(scheme, [{ resource: 'countries', name: 'Atlantis', key: 'KEN' }])
    expect((await decide(id, 'Atlantis', 'KEN')).status).toBe(200)
    await continueImport(api.database, id)
    const { rows } = await api.pool.query(
      "select key from import_names where import = $1 and status = 'decided'",
      [id],
    )
    expect(rows).toEqual([{ key: 'KEN' }])
  })

  it('also takes effect in a staged import if it comes with an upload', async () => {
    const scheme = newScheme()
    const id = await check(scheme)
    const uploaded = await upload(scheme)
    expect(uploaded.status, uploaded.text).toBe(201)
    await continueImport(api.database, id)
    expect(await unresolvedNames(id)).toEqual(['Mu'])
  })

  it.each(['a request', 'an upload'])('by %s waits for others before it locks rows or writes', async (by) => {
    const scheme = newScheme()
    const id = await check(scheme)
    const { sent } = await api.database.transaction(async (tx) => {
      await lockDecisions(tx, scheme)
      const response = by === 'an upload' ? upload(scheme) : decide(id, 'Atlantis', 'PAK')
      await waitUntilBlockedWithoutId(api.pool)
      // Within an object: a promise would be awaited before the transaction ends.
      return { sent: response }
    })
    expect((await sent).status).toBeLessThan(300)
  })
})
