// @module-tag slow

import { describe, expect, it } from 'vitest'
import { countInList } from '../../support/aggregates.ts'
import { useTestApi } from '../../support/api.ts'
import {
  checkCsv,
  commit,
  continueImport,
  importCsv,
  newScheme,
  titledMapping,
  undo,
} from '../../support/imports.ts'
import { create } from '../../support/labelled-records.ts'

/** Organizations and topics that imports create for names without a record. */

const api = useTestApi()

const mappingOf = (scheme: string) => `
scheme: ${scheme}
rows: {format: csv}
records:
  assistance-programs:
    id: Id
    properties:
      title: Title
      participants:
        - {organization: {from: Funder, country: =CHN, create: true}, role: =funder}
        - {organization: {from: Partner, country: Country, create: true}, role: =implementer}
`

interface Organization {
  id: string
  name: string
  country: string | null
}

async function findOrganizations(name: string): Promise<Organization[]> {
  const response = await api.get(
    `/v1/organizations?q=${encodeURIComponent(name)}&fields=name,country&limit=200`,
  )
  return response.json<{ data: Organization[] }>().data
}

/**
 * Returns the lines of a file. Each row names an organization twice: as funder, for which the mapping states a country, and as
 * partner, without a country.
 */
const fileOf = (prefix: string, count: number) => [
  'Id,Title,Funder,Partner,Country',
  ...Array.from(
    { length: count },
    (_, index) => `${index},Project ${index},"${prefix} Bank ${index}, Ltd.",${prefix} bank ${index} Ltd,`,
  ),
]

describe('organizations that an import creates', () => {
  it('are created once, for a name with and without a country, and reused by the next import', async () => {
    const scheme = newScheme()
    const csv = fileOf('Zelkova', 150).join('\n')
    const first = await importCsv(api.database, mappingOf(scheme), csv)
    expect(first).toMatchObject({ state: 'committed', counts: { created: 150, refused: 0 } })
    expect(await findOrganizations('Zelkova')).toHaveLength(150)
    expect((await findOrganizations('Zelkova')).every(({ country }) => country === 'CHN')).toBe(true)
    const again = await importCsv(api.database, mappingOf(scheme), csv)
    expect(again).toMatchObject({ counts: { created: 0, changed: 0, unchanged: 150, refused: 0 } })
    expect(await undo(api.database, first)).toMatchObject({ state: 'undone', report: { keptCount: 0 } })
    expect(await findOrganizations('Zelkova')).toEqual([])
  })

  it('are ambiguous for a name without a country if they have this name in several countries', async () => {
    const csv = [
      'Id,Title,Funder,Partner,Country',
      '1,One,Tupelo Institute,Tupelo Institute,KEN',
      '2,Two,,Tupelo Institute,',
    ]
    const imported = await importCsv(api.database, mappingOf(newScheme()), csv.join('\n'))
    expect(imported).toMatchObject({ counts: { created: 1, refused: 1 } })
    expect(imported.report?.refusedBy).toMatchObject([
      {
        column: 'Partner',
        example: { value: 'Tupelo Institute', detail: expect.stringContaining('ambiguous') },
      },
    ])
  })
})

describe('a refused row', () => {
  it('creates no organization and no topic', async () => {
    const mapping = `${mappingOf(newScheme())}        - {country: Country, role: =recipient}
      topics: {from: Topic, scheme: medlar, create: true}
`
    const csv = [
      'Id,Title,Funder,Partner,Country,Topic',
      '1,One,Medlar Bank,,,Medlar trees',
      '2,Two,Medlar Bank,Medlar Trust,Atlantis,Medlar fruit',
      '1,Repeated,Medlar Club,,,Medlar roots',
    ]
    const imported = await importCsv(api.database, mapping, csv.join('\n'))
    expect(imported).toMatchObject({ state: 'committed', counts: { created: 1, refused: 2 } })
    expect((await findOrganizations('Medlar')).map(({ name }) => name)).toEqual(['Medlar Bank'])
    const topics = await api.get('/v1/topics?scheme=medlar&fields=name')
    expect(topics.json()).toMatchObject({ data: [{ name: 'Medlar trees' }] })
  })
})

describe('the dry run of a mapping that drops bad values', () => {
  it('counts a record as changed if it gets an organization that the commit creates', async () => {
    const mapping = `onBadValue: drop${mappingOf(newScheme())}`
    const csv = (funder: string) => `Id,Title,Funder,Partner,Country\n1,One,${funder},,\n`
    await importCsv(api.database, mapping, csv('First Sumac Fund'))
    const checked = await checkCsv(api.database, mapping, csv('Second Sumac Fund'))
    expect(checked.counts).toMatchObject({ changed: 1, unchanged: 0 })
    expect((await importCsv(api.database, mapping, csv('Second Sumac Fund'))).counts).toEqual(checked.counts)
  })
})

describe('concurrent imports of different registers', () => {
  it('create each organization and topic only once', async () => {
    const csv = fileOf('Hawthorn', 150).map(
      (line, index) => `${line},${index === 0 ? 'Topic' : `Hawthorn ${index}`}`,
    )
    const mapping = () =>
      `${mappingOf(newScheme())}      topics: {from: Topic, scheme: hawthorn, create: true}\n`
    const imports = await Promise.all(
      Array.from({ length: 3 }, () => importCsv(api.database, mapping(), csv.join('\n'))),
    )
    for (const imported of imports)
      expect(imported).toMatchObject({ state: 'committed', counts: { created: 150, refused: 0 } })
    expect(await findOrganizations('Hawthorn')).toHaveLength(150)
    expect(await countInList(api, '/v1/topics?scheme=hawthorn')).toBe(150)
  })
})

describe('topics that an import creates', () => {
  it('are removed by an undo, even if they were created and removed before', async () => {
    const mapping = `${mappingOf(newScheme())}      topics: {from: Topic, scheme: quince, create: true}\n`
    const csv = 'Id,Title,Funder,Partner,Country,Topic\n1,One,,,,Quince growing\n'
    for (let round = 0; round < 2; round += 1) {
      const imported = await importCsv(api.database, mapping, csv)
      expect((await api.get('/v1/topics/quince-growing')).status).toBe(200)
      expect(await undo(api.database, imported)).toMatchObject({ report: { keptCount: 0 } })
      expect((await api.get('/v1/topics/quince-growing')).status).toBe(404)
    }
  })
})

/** A mapping of agreements with topics of a scheme. */
const topicMapping = (topicScheme: string) =>
  titledMapping(newScheme(), {
    resource: 'agreements',
    kind: 'treaty',
    properties: [`topics: {from: Topics, split: ";", scheme: ${topicScheme}, create: true}`],
  })

const topicsOf = async (scheme: string) => {
  const response = await api.get(`/v1/topics?scheme=${scheme}&fields=slug,name&limit=200`)
  const { data } = response.json<{ data: { slug: string; name: string }[] }>()
  return Object.fromEntries(data.map(({ name, slug }) => [name, slug]))
}

describe('names whose records were removed after the dry run', () => {
  const mapping = (more = '') =>
    `{scheme: ${newScheme()}, records: {agreements: {id: Id, properties: {title: Id, kind: =treaty,
      parties: [{organization: {from: Party${more}}, role: =party}]}}}}`
  const csv = 'Id,Party\n1,Medlar Union\n2,Medlar Union\n'

  it('get new records if the mapping has create: true, such as after the undo of another import', async () => {
    const earlier = await importCsv(api.database, mapping(', create: true'), csv)
    const { id, counts } = await checkCsv(api.database, mapping(', create: true'), csv)
    expect(counts).toMatchObject({ created: 2, refused: 0 })
    await undo(api.database, earlier)
    expect((await commit(api, id)).counts).toEqual(counts)
    expect(await findOrganizations('Medlar Union')).toHaveLength(1)
  })

  it('refuse their rows otherwise, with the names in the reason', async () => {
    const key = await create(api, 'organizations', { name: 'Sorb Union', kind: 'other' })
    const { id } = await checkCsv(api.database, mapping(), csv.replaceAll('Medlar', 'Sorb'))
    const path = `/v1/organizations/${key}`
    expect((await api.delete(path, { headers: { 'if-match': '*' } })).status).toBe(204)
    const { counts, report } = await commit(api, id)
    expect(counts).toMatchObject({ created: 0, refused: 2 })
    const detail = expect.stringContaining('matches no record of organizations')
    expect(report?.refusedBy).toMatchObject([{ column: 'Party', example: { value: 'Sorb Union', detail } }])
  })
})

describe('the dry run that follows a decision', () => {
  it('resolves all names again, and so shows what the registry has got meanwhile', async () => {
    const mapping = `{scheme: ${newScheme()}, records: {agreements: {id: Id, properties: {title: Id, kind: =treaty,
      parties: [{organization: {from: Org, create: true}, role: =party}, {country: Country, role: =party}]}}}}`
    const { id, counts } = await checkCsv(
      api.database,
      mapping,
      'Id,Org,Country\n1,Quince Union,India\n2,Quince Union,Atlantique\n',
    )
    expect(counts).toMatchObject({ created: 1, refused: 1 })
    for (const kind of ['other', 'academic'])
      await create(api, 'organizations', { name: 'Quince Union', kind })
    const decisions = [{ resource: 'countries', name: 'Atlantique', key: 'IND' }]
    const decided = await api.put(`/v1/imports/${id}/names`, { decisions })
    expect(decided.status, decided.text).toBe(200)
    const again = await continueImport(api.database, id)
    expect(again).toMatchObject({ counts: { created: 0, refused: 2 }, report: { names: { unresolved: 1 } } })
    expect((await commit(api, id)).counts).toEqual(again.counts)
  })
})

describe('topics that an import creates for different names', () => {
  it.each([
    ['with the same Latin letters', 'mallow', ['Laser 激光', 'Laser 雷达', 'C++ language', 'C language']],
    ['without Latin letters', 'nettle', ['Физика плазмы', '机器人']],
    ['that topics of other schemes already have', 'oleander', ['Energy', 'Health sciences']],
  ])('%s have different slugs, and the dry run accepts them', async (_, scheme, names) => {
    const csv = `Id,Topics\n1,${names.join(';')}\n`
    const expected = { counts: { created: 1, changed: 0, refused: 0, dropped: 0 } }
    const mapping = topicMapping(scheme)
    expect(await checkCsv(api.database, mapping, csv)).toMatchObject(expected)
    expect(await importCsv(api.database, mapping, csv)).toMatchObject(expected)
    const topics = await topicsOf(scheme)
    expect(Object.keys(topics).sort()).toEqual([...names].sort())
    expect(new Set(Object.values(topics)).size).toBe(names.length)
    const again = await importCsv(api.database, mapping, csv)
    expect(again.counts).toMatchObject({ unchanged: 1, refused: 0 })
    expect(await topicsOf(scheme)).toEqual(topics)
  })

  it('are ambiguous, and not created, if two such topics were created after the dry run', async () => {
    const csv = 'Id,Topics\n1,Rowan berries\n'
    const { id, counts } = await checkCsv(api.database, topicMapping('rowan'), csv)
    expect(counts).toMatchObject({ created: 1, refused: 0 })
    for (const slug of ['rowan-1', 'rowan-2'])
      await create(api, 'topics', { slug, name: 'Rowan berries', scheme: 'rowan', code: slug })
    const committed = await commit(api, id)
    expect(committed.counts).toMatchObject({ created: 0, refused: 1 })
    const detail = expect.stringContaining('ambiguous')
    expect(committed.report?.refusedBy).toMatchObject([{ column: 'Topics', example: { detail } }])
    expect(await countInList(api, '/v1/topics?scheme=rowan')).toBe(2)
  })

  it('have slugs without diacritics, and one slug for names that differ only in case and accents', async () => {
    const csv = 'Id,Topics\n1,Ökologie der Straße\n2,okologie der strasse\n'
    expect(await importCsv(api.database, topicMapping('peony'), csv)).toMatchObject({
      counts: { created: 2 },
    })
    expect(Object.values(await topicsOf('peony'))).toEqual(['okologie-der-strasse'])
  })

  it.each([
    ['has no letters', '***'],
    ['is too long', 'x'.repeat(2000)],
  ])('are refused by the dry run if the name %s', async (_, name) => {
    const csv = `Id,Topics\n1,${name}\n`
    const checked = await checkCsv(api.database, topicMapping('quillwort'), csv)
    expect(checked).toMatchObject({ counts: { created: 0, refused: 1 } })
    expect(checked.report?.refusedBy).toMatchObject([{ column: 'Topics' }])
  })
})
