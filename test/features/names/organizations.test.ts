import { describe, expect, it } from 'vitest'
import { resolveNames } from '../../../src/features/names/index.ts'
import {
  findOrCreateOrganizations,
  type MentionedOrganization,
} from '../../../src/features/names/organizations.ts'
import { type Document, insertDocuments } from '../../../src/operations/writing/documents.ts'
import { checkDocument } from '../../../src/operations/writing/validation.ts'
import { openTestApp } from '../../support/app.ts'
import { testAuthorship, testCreation } from '../../support/authorship.ts'
import { registry } from '../../support/registry.ts'
import { useOpened } from '../../support/use-opened.ts'

const test = useOpened(openTestApp)

const findOrCreate = (mentioned: MentionedOrganization[]) =>
  test.database.transaction((tx) => findOrCreateOrganizations(tx, registry, mentioned, testAuthorship))

/** Creates organizations. @returns their keys. */
const create = async (...documents: Document[]) => {
  const resource = registry.get('organizations')
  const checked = documents.map((document) => checkDocument(resource, document))
  const stored = await test.database.transaction((tx) => insertDocuments(tx, resource, checked, testCreation))
  return stored.map(({ key }) => key)
}

const keyOf = (found: Awaited<ReturnType<typeof findOrCreate>>[number] | undefined) =>
  found && 'key' in found ? found.key : undefined

describe('organizations of an import', () => {
  it('are created once, whatever the spelling and the number of mentions', async () => {
    const first = await findOrCreate([
      { name: 'Institute of Testing, Lahore', country: 'PAK' },
      { name: 'INSTITUTE OF TESTING LAHORE', country: 'PAK' },
      { name: 'Institute of Testing, Lahore', country: 'IND' },
    ])
    expect(first.map(({ kind }) => kind)).toEqual(['created', 'created', 'created'])
    expect(keyOf(first[0])).toBe(keyOf(first[1]))
    expect(keyOf(first[0])).not.toBe(keyOf(first[2]))
    const second = await findOrCreate([{ name: 'Inst. of Testing, Lahore', country: 'PAK' }])
    expect(second).toEqual([{ kind: 'found', key: keyOf(first[0]) }])
  })

  it('are found by ROR id and by external id under any name', async () => {
    const ror = 'https://ror.org/034t30j35'
    const externalId = { scheme: 'test-register', id: 'ORG-1' }
    const [created] = await findOrCreate([{ name: 'Academy of Tests', country: 'CHN', ror, externalId }])
    const found = await findOrCreate([
      { name: 'Another name', country: 'CHN', ror: '034t30j35' },
      { name: 'And another', externalId },
    ])
    expect(found.map(keyOf)).toEqual([keyOf(created), keyOf(created)])
  })

  it('are created once when one mention has the whole ROR id and another its last part', async () => {
    const created = await findOrCreate([
      { name: 'Institute of One', country: 'CHN', ror: '02catss52' },
      { name: 'Institute of Other', country: 'CHN', ror: 'https://ror.org/02catss52' },
    ])
    expect(created.map(keyOf)).toEqual([keyOf(created[0]), keyOf(created[0])])
  })

  it('are created once when two names have the same external id', async () => {
    const externalId = { scheme: 'test-register', id: 'ORG-2' }
    const created = await findOrCreate([
      { name: 'Institute of Two', country: 'CHN', externalId },
      { name: 'Second Institute', country: 'CHN', externalId: { ...externalId, id: 'org-2' } },
      { name: 'Second Institute', country: 'CHN' },
    ])
    expect(created.map(({ kind }) => kind)).toEqual(['created', 'created', 'created'])
    expect(keyOf(created[1])).toBe(keyOf(created[0]))
    expect(keyOf(created[2])).not.toBe(keyOf(created[0]))
  })

  it('are created once by concurrent imports', async () => {
    const name = 'Centre for Concurrent Tests'
    const all = await Promise.all(Array.from({ length: 5 }, () => findOrCreate([{ name, country: 'KEN' }])))
    expect(new Set(all.map(([found]) => keyOf(found))).size).toBe(1)
  })

  it('are found by their country among many that have the same name', async () => {
    const name = 'National Library of Tests'
    const { rows } = await test.pool.query<{ code: string }>(
      'select code from countries order by code limit 26',
    )
    const countries = rows.map(({ code }) => code)
    const created = await findOrCreate(countries.map((country) => ({ name, country })))
    const again = await findOrCreate(countries.map((country) => ({ name, country })))
    expect(new Set(created.map(keyOf)).size).toBe(countries.length)
    expect(again.map(keyOf)).toEqual(created.map(keyOf))
    const queries = countries.map((country) => ({ resource: 'organizations', name, country }))
    for (const [index, query] of queries.entries()) {
      const [resolution] = await resolveNames(test.database, registry, [query])
      expect(resolution?.match?.key, query.country).toBe(keyOf(created[index]))
    }
  })

  it('are found by their country even if many of another queried country have the same name', async () => {
    const document = { name: 'Provincial Bureau of Tests', kind: 'other' }
    for (const country of ['CHN', 'KEN'])
      await create(...Array.from({ length: 30 }, () => ({ ...document, country })))
    const [key] = await create({ ...document, country: 'PER' })
    const queries = ['KEN', 'PER'].map((country) => ({
      resource: 'organizations',
      name: document.name,
      country,
      limit: 10,
    }))
    const [inKenya, inPeru] = await resolveNames(test.database, registry, queries)
    expect(inKenya).toMatchObject({ status: 'ambiguous', detail: 'Several records have this name.' })
    expect(inKenya?.candidates).toHaveLength(10)
    expect(inPeru).toMatchObject({ status: 'resolved', match: { key } })
  })

  it('are not resolved by their country if the text is doubtful, or names two organizations', async () => {
    await findOrCreate([{ name: 'Institute of Doubts', country: 'PER' }])
    await findOrCreate([{ name: 'Academy of Doubts', country: 'CHL' }])
    const names = ['Institute of Doubts?', 'Institute of Doubtz?', 'Institute of Doubts / Academy of Doubts']
    const queries = names.map((name) => ({ resource: 'organizations', name, country: 'PER' }))
    const resolutions = await resolveNames(test.database, registry, queries)
    expect(resolutions.map(({ status }) => status)).toEqual(['ambiguous', 'ambiguous', 'ambiguous'])
    for (const { candidates } of resolutions)
      expect(candidates.map(({ name }) => name)).toEqual(['Institute of Doubts'])
  })

  it('are resolved within a country if both names of a text mean one organization there', async () => {
    const name = 'Ministry of Two Names'
    const ministry = { name, kind: 'government', aliases: [{ name: 'MOTX' }] }
    const [key] = await create({ ...ministry, country: 'PER' }, { ...ministry, country: 'CHL' })
    const queries = ['PER', 'KEN'].map((country) => ({
      resource: 'organizations',
      name: `${name} (MOTX)`,
      country,
    }))
    const [inPeru, inKenya] = await resolveNames(test.database, registry, queries)
    expect(inPeru).toMatchObject({ status: 'resolved', match: { key } })
    expect(inKenya?.status).toBe('unresolved')
  })

  it('are found with footnote marks among more than 25 names', async () => {
    const [created] = await findOrCreate([{ name: 'Institute of Footnotes', country: 'PER' }])
    const others = Array.from({ length: 30 }, (_, index) => `Nowhere institute ${index}`)
    const queries = ['Institute of Footnotes (1)', 'Institute of Footnotes [a]', ...others].map((name) => ({
      resource: 'organizations',
      name,
      country: 'PER',
    }))
    const [one, other] = await resolveNames(test.database, registry, queries)
    expect([one?.match?.key, other?.match?.key]).toEqual([keyOf(created), keyOf(created)])
  })

  it('are ambiguous if they are government organizations and the mention has no country', async () => {
    const name = 'Ministry of Tests'
    await create({ name, country: 'PER', kind: 'government' })
    const [without, within, elsewhere] = await resolveNames(test.database, registry, [
      { resource: 'organizations', name },
      { resource: 'organizations', name, country: 'PER' },
      { resource: 'organizations', name, country: 'CHL' },
    ])
    expect([without?.status, within?.status, elsewhere?.status]).toEqual([
      'ambiguous',
      'resolved',
      'unresolved',
    ])
  })
})
