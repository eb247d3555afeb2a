// @module-tag slow

import { describe, expect, it } from 'vitest'
import { useTestApi } from '../../support/api.ts'
import { adminKey } from '../../support/app.ts'
import type { Document } from '../../support/documents.ts'
import { findByExternalId } from '../../support/find-records.ts'
import {
  checkCsv,
  commit,
  continueImport,
  importCsv,
  newScheme,
  titledMapping,
} from '../../support/imports.ts'
import { sendForm } from '../../support/send-form.ts'

/** The names to which a decision applies: in the import in which it is made, and in later imports of the register. */

const api = useTestApi()

interface Decision {
  resource: string
  name: string
  country?: string
  scheme?: string
  key: string | null
}

const putDecisions = (id: string, decisions: Decision[]) => api.put(`/v1/imports/${id}/names`, { decisions })

/** Checks a file in a dry run, decides about names in the file, and commits the import. @returns the committed import. */
async function importWithDecisions(mapping: string, csv: string, decisions: Decision[]) {
  const { id } = await checkCsv(api.database, mapping, csv)
  const decided = await putDecisions(id, decisions)
  expect(decided.status, decided.text).toBe(200)
  await continueImport(api.database, id)
  return commit(api, id)
}

const find = (resource: string, scheme: string, id: string) =>
  findByExternalId(api, resource, `${scheme}:${id}`)

async function partiesOf(scheme: string, id: string): Promise<unknown[]> {
  const { parties } = await find('agreements', scheme, id)
  return Array.isArray(parties) ? parties.map(({ country }) => country) : []
}

/** Returns the mapping of a register of agreements. Each row has a year, which may be empty, and the names of countries. */
const agreementMapping = (scheme: string) =>
  titledMapping(scheme, {
    resource: 'agreements',
    kind: 'treaty',
    properties: ['signedOn: Year', 'parties: {each: {from: Parties, split: "|"}, country: ., role: =party}'],
  })

describe('a decision about a name whose meaning depends on the date', () => {
  const csv = [
    'Id,Year,Parties',
    'old,1905,Korea|China',
    'new,1995,Korea|China',
    'before,1840,Republic of China',
    'during,1930,Republic of China',
  ].join('\n')
  const decisions = [
    { resource: 'countries', name: 'Korea', key: 'KOR' },
    { resource: 'countries', name: 'Republic of China', key: null },
  ]

  it('leaves the rows that the registry resolves by their dates as they are, in every import', async () => {
    const scheme = newScheme()
    const first = await importWithDecisions(agreementMapping(scheme), csv, decisions)
    expect(first).toMatchObject({ state: 'committed', counts: { created: 4, refused: 0 } })
    const second = await importCsv(api.database, agreementMapping(scheme), csv)
    expect(second.counts).toMatchObject({ changed: 0, unchanged: 4, kept: 0 })
    expect(await partiesOf(scheme, 'old')).toEqual(['XKE', 'CHN'])
    expect(await partiesOf(scheme, 'new')).toEqual(['KOR', 'CHN'])
    expect(await partiesOf(scheme, 'before')).toEqual([])
    expect(await partiesOf(scheme, 'during')).toEqual(['CHN'])
  })

  it('is refused if the registry resolves the name in all rows by their dates', async () => {
    const { id } = await checkCsv(
      api.database,
      agreementMapping(newScheme()),
      'Id,Year,Parties\nold,1905,Korea\nolder,1900,Korea\n',
    )
    const decided = await putDecisions(id, decisions.slice(0, 1))
    expect(decided.status).toBe(422)
    expect(decided.json()).toMatchObject({
      errors: [
        {
          pointer: '/decisions/0/name',
          code: 'no_effect',
          message: expect.stringMatching(/in every row with "Korea", .* by the date of the row$/),
        },
      ],
    })
  })
})

describe('two decisions about one name', () => {
  const csv = 'Id,Year,Parties\nA,,Atlantis\n'
  const decisionsFor = (...keys: (string | null)[]): Decision[] =>
    keys.map((key) => ({ resource: 'countries', name: 'Atlantis', key }))

  it.each([
    ['PAK', 'CHN', '"Atlantis" is decided to be "PAK" and to be "CHN": keep one of these decisions'],
    ['PAK', null, '"Atlantis" is decided to be "PAK" and to have no record: keep one of these decisions'],
    [null, 'PAK', '"Atlantis" is decided to have no record and to be "PAK": keep one of these decisions'],
  ])('are refused if one is %s and the other %s, and nothing is stored', async (first, second, message) => {
    const { id } = await checkCsv(api.database, agreementMapping(newScheme()), csv)
    const decided = await putDecisions(id, decisionsFor(first, second))
    expect(decided.status, decided.text).toBe(422)
    expect(decided.json()).toMatchObject({
      errors: [{ pointer: '/decisions/1/key', code: 'repeated', message }],
    })
    expect(await continueImport(api.database, id)).toMatchObject({ report: { names: { unresolved: 1 } } })
  })

  it('are refused in a file with the line of the second', async () => {
    const response = await sendForm(api, '/v1/imports', [
      ['mapping', agreementMapping(newScheme()), 'mapping.yaml'],
      ['decisions', 'resource,name,decision\ncountries,Atlantis,PAK\ncountries, Atlantis,CHN\n', 'd.csv'],
      ['file', csv, 'rows.csv'],
    ])
    expect(response.status, response.text).toBe(422)
    expect(response.json()).toMatchObject({ errors: [{ pointer: '/decisions/3', code: 'repeated' }] })
  })

  it('may be the same decision', async () => {
    const { id } = await checkCsv(api.database, agreementMapping(newScheme()), csv)
    expect((await putDecisions(id, decisionsFor('PAK', 'PAK'))).status).toBe(200)
  })
})

describe('a decision about a name that the registry resolves, but not by the date', () => {
  it.each([
    ['without a date', ''],
    ['with a date that makes no difference', '1998'],
  ])('takes effect at once in rows %s, and a later import changes nothing', async (_, year) => {
    const scheme = newScheme()
    const csv = `Id,Year,Parties\nP,${year},Pakistan\n`
    const decisions = [{ resource: 'countries', name: 'Pakistan', key: 'KEN' }]
    const first = await importWithDecisions(agreementMapping(scheme), csv, decisions)
    expect(first).toMatchObject({ state: 'committed', counts: { created: 1 } })
    expect(await partiesOf(scheme, 'P')).toEqual(['KEN'])
    const second = await importCsv(api.database, agreementMapping(scheme), csv)
    expect(second.counts).toMatchObject({ changed: 0, unchanged: 1 })
  })

  it('stays in effect in rows with a date when a record gets the name as an alias', async () => {
    const scheme = newScheme()
    const csv = 'Id,Year,Parties\nF,1998,Foobaria\n'
    const decisions = [{ resource: 'countries', name: 'Foobaria', key: 'KEN' }]
    await importWithDecisions(agreementMapping(scheme), csv, decisions)
    const named = await api.patch('/v1/countries/PER', { aliases: [{ name: 'Foobaria', language: null }] })
    expect(named.status, named.text).toBe(200)
    const second = await importCsv(api.database, agreementMapping(scheme), csv)
    expect(second.counts).toMatchObject({ changed: 0, unchanged: 1 })
    expect(await partiesOf(scheme, 'F')).toEqual(['KEN'])
  })
})

describe('a decision about the name of an organization that the import would create', () => {
  it('takes effect at once: the import uses the chosen organization and creates none', async () => {
    const scheme = newScheme()
    const mapping = titledMapping(scheme, {
      resource: 'projects',
      kind: 'other',
      properties: ['participants: {organization: {from: Funder, create: true}, role: =funder}'],
    })
    const csv = 'Id,Funder\nP,Trust of the decided creation\n'
    const created = await api.post('/v1/organizations', { name: `Fund of ${scheme}`, kind: 'foundation' })
    const { id: key } = created.json<{ id: string }>()
    const decisions = [{ resource: 'organizations', name: 'Trust of the decided creation', key }]
    const first = await importWithDecisions(mapping, csv, decisions)
    expect(first).toMatchObject({ state: 'committed', counts: { created: 1 } })
    expect(await find('projects', scheme, 'P')).toMatchObject({ participants: [{ organization: key }] })
    const second = await importCsv(api.database, mapping, csv)
    expect(second.counts).toMatchObject({ changed: 0, unchanged: 1 })
    const namesakes = await api.get('/v1/organizations?q=Trust%20of%20the%20decided%20creation')
    expect(namesakes.json()).toMatchObject({ data: [] })
  })
})

describe('a decision about the country of an organization', () => {
  /** Returns the mapping of a register of projects. Their funders are looked for in a country. */
  const fundedMapping = (scheme: string) =>
    titledMapping(scheme, {
      resource: 'projects',
      kind: 'other',
      properties: [
        'participants: {organization: {from: Funder, country: Country, create: true}, role: =funder}',
      ],
    })
  const decisions = [{ resource: 'countries', name: 'Congo', key: 'COG' }]

  async function funderOf(scheme: string, id: string): Promise<Document> {
    const { participants } = await find('projects', scheme, id)
    const [funder] = Array.isArray(participants) ? participants : []
    return (await api.get(`/v1/organizations/${funder.organization}`)).json<Document>()
  }

  it('leads to a new organization there, not to the namesake in another country', async () => {
    const scheme = newScheme()
    const name = `Fund of ${scheme}`
    const csv = `Id,Funder,Country\nC,${name},Congo\n`
    await api.post('/v1/organizations', { name, kind: 'foundation', country: 'DEU' })
    const checked = await checkCsv(api.database, fundedMapping(scheme), csv)
    expect(checked).toMatchObject({ counts: { created: 0, refused: 1 } })
    expect(checked.report?.refusedBy).toMatchObject([{ column: 'Country', example: { value: 'Congo' } }])
    const committed = await importWithDecisions(fundedMapping(scheme), csv, decisions)
    expect(committed).toMatchObject({ state: 'committed', counts: { created: 1, refused: 0 } })
    expect(await funderOf(scheme, 'C')).toMatchObject({ name, country: 'COG' })
  })

  it('is not needed if the organization is decided, or if a bad country is dropped', async () => {
    const scheme = newScheme()
    const name = `Trust of ${scheme}`
    const csv = `Id,Funder,Country\nA,${name},Atlantis\n`
    const { id: key } = (
      await api.post('/v1/organizations', { name: `Decided ${name}`, kind: 'foundation' })
    ).json<{ id: string }>()
    const decided = [{ resource: 'organizations', name, country: 'Atlantis', key }]
    const first = await importWithDecisions(fundedMapping(scheme), csv, decided)
    expect(first).toMatchObject({ state: 'committed', counts: { created: 1, refused: 0 } })
    expect(await funderOf(scheme, 'A')).toMatchObject({ id: key })
    const dropping = newScheme()
    const second = await importCsv(api.database, `${fundedMapping(dropping)}onBadValue: drop\n`, csv)
    expect(second).toMatchObject({ state: 'committed', counts: { created: 1, refused: 0 } })
    expect(await funderOf(dropping, 'A')).toMatchObject({ name, country: null })
  })

  it('also leads to a new organization in a country whose name the registry has learned since', async () => {
    const scheme = newScheme()
    const [name, country] = [`Academy of ${scheme}`, `Bohemia of ${scheme}`]
    const csv = `Id,Funder,Country\nB,${name},${country}\nC,Fund of ${scheme},Congo\n`
    await api.post('/v1/organizations', { name, kind: 'academic', country: 'CHN' })
    const { id } = await checkCsv(api.database, fundedMapping(scheme), csv)
    const named = await api.patch('/v1/countries/CZE', { aliases: [{ name: country, language: null }] })
    expect(named.status, named.text).toBe(200)
    expect((await putDecisions(id, decisions)).status).toBe(200)
    await continueImport(api.database, id)
    expect(await commit(api, id)).toMatchObject({ counts: { created: 2, refused: 0 } })
    expect(await funderOf(scheme, 'B')).toMatchObject({ name, country: 'CZE' })
  })
})

describe('a decision about a name that no row has, or only a row refused for another value', () => {
  it('is refused, and nothing is stored', async () => {
    const scheme = newScheme()
    const csv = 'Id,Year,Parties\nA,2001,Atlantis\nB,soon,Lemuria\n'
    const { id } = await checkCsv(api.database, agreementMapping(scheme), csv)
    const decided = await putDecisions(id, [
      { resource: 'countries', name: 'Atlantis', key: 'CHN' },
      { resource: 'countries', name: 'Lemuria', key: 'CHN' },
      { resource: 'regions', name: 'Atlantis', key: null },
    ])
    expect(decided.status).toBe(422)
    expect(decided.json()).toMatchObject({
      errors: [
        {
          pointer: '/decisions/1/name',
          message: expect.stringMatching(/^no row .* "Lemuria" in countries.*refused/),
        },
        { pointer: '/decisions/2/name', message: expect.stringMatching(/^no row .* "Atlantis" in regions/) },
      ],
    })
    expect(await continueImport(api.database, id)).toMatchObject({ counts: { created: 0, refused: 2 } })
  })
})

describe('a decision about a code', () => {
  const mappingOf = (scheme: string) =>
    titledMapping(scheme, {
      resource: 'projects',
      kind: 'other',
      properties: [
        'topics: {from: Field, by: code, scheme: ford}',
        'sectors: {topic: {from: Purpose, by: code, scheme: crs}}',
      ],
    })

  it('does not apply to the same code of another scheme, even in the file of decisions', async () => {
    const scheme = newScheme()
    const csv = 'Id,Field,Purpose\nA,1.1,1\nB,q1,q1\n'
    const { id, ...checked } = await checkCsv(api.database, mappingOf(scheme), csv)
    expect(checked.report).toMatchObject({ names: { unresolved: 3, rows: 3 } })
    const listed = (await api.get(`/v1/imports/${id}/names`, { key: adminKey })).json<{ data: Document[] }>()
    expect(listed.data.map(({ name, scheme: codeScheme }) => `${codeScheme} ${name}`).sort()).toEqual([
      'crs 1',
      'crs q1',
      'ford q1',
    ])
    const decided = await putDecisions(id, [
      { resource: 'topics', name: '1', scheme: 'crs', key: 'crs-151' },
      { resource: 'topics', name: 'q1', scheme: 'crs', key: null },
    ])
    expect(decided.status, decided.text).toBe(200)
    expect(await continueImport(api.database, id)).toMatchObject({ counts: { created: 1, refused: 1 } })
    const { text } = await api.get(`/v1/imports/${id}/names.csv`, { key: adminKey })
    expect(text).toContain(',ford,1,,')
    const uploaded = await sendForm(api, '/v1/imports', [
      ['mapping', mappingOf(scheme), 'm.yaml'],
      ['decisions', text.replace(',ford,1,,', ',ford,1,ford-1,'), 'decisions.csv'],
      ['file', csv, 'f.csv'],
    ])
    expect(uploaded.status, uploaded.text).toBe(201)
    const committed = await importCsv(api.database, mappingOf(scheme), `${csv}C,1,\n`)
    expect(committed).toMatchObject({ state: 'committed', counts: { created: 3, refused: 0 } })
    expect(await find('projects', scheme, 'A')).toMatchObject({ sectors: [{ topic: 'crs-151' }] })
    expect(await find('projects', scheme, 'B')).toMatchObject({ topics: ['ford-1'], sectors: [] })
    expect(await find('projects', scheme, 'C')).toMatchObject({ topics: ['ford-1'] })
  })
})
