import { describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { readProblem } from '../support/documents.ts'
import { openWorkbook, readCsv, readCsvObjects, rowsIn } from '../support/export-files.ts'

const api = await sharedApi()

const fileOf = async (path: string) => (await api.get(`/v1/${path}`)).text

const scheme = 'interview-2011'

describe('names beside codes in exports', () => {
  it('follow each column of references, including those of lists and participants', async () => {
    const [row] = readCsvObjects(
      await fileOf(`agreements/export?format=csv&externalId=${scheme}:F01&fields=parties,topics`),
    )
    expect(row).toEqual({
      parties: 'CHN (party); PAK (party)',
      'parties.name': 'China (Party); Pakistan (Party)',
      topics: 'science-and-technology; energy',
      'topics.name': 'Science and technology; Energy',
    })
    expect(Object.keys(row ?? {})).toEqual(['parties', 'parties.name', 'topics', 'topics.name'])
  })

  it('have a column for each reference of a participant with per=participant', async () => {
    const rows = readCsvObjects(
      await fileOf(
        `agreements/export?format=csv&per=participant&externalId=${scheme}:F01&fields=parties&lang=zh`,
      ),
    )
    expect(rows.map((row) => [row['parties.country'], row['parties.country.name']])).toEqual([
      ['CHN', '中国'],
      ['PAK', '巴基斯坦'],
    ])
    expect(Object.keys(rows[0] ?? {})).toContain('parties.organization.name')
  })

  it('contain the names of cited records, of any resource, and of their sources', async () => {
    const rows = readCsvObjects(await fileOf('citations/export?format=csv&fields=source,record'))
    const cited = new Map(rows.map((row) => [row['record.resource'], row['record.id.name']]))
    const agreements = readCsvObjects(await fileOf('agreements/export?format=csv&fields=title'))
    expect(agreements.map(({ title }) => title)).toContain(cited.get('agreements'))
    expect([...cited.values()].every((name) => Boolean(name))).toBe(true)
    expect(rows.every((row) => Boolean(row['source.name']))).toBe(true)
  })

  it('have the same columns in XLSX and in CSV', async () => {
    const path = '/v1/cooperation-bases/export?fields=hostCountry,location&format='
    const book = await openWorkbook(api, `${path}xlsx`)
    const [header] = rowsIn(book.worksheets[0])
    expect(header).toEqual(readCsv((await api.get(`${path}csv`)).text)[0])
    expect(header?.slice(0, 2)).toEqual(['hostCountry', 'hostCountry.name'])
  })

  it('are left out with names=false', async () => {
    const [header] = readCsv(await fileOf('agreements/export?format=csv&names=false'))
    expect(header?.filter((name) => name.endsWith('.name'))).toEqual([])
  })

  it.each(['names=true', 'names=false', 'per=record', 'per=participant'])(
    'are only for formats with columns, as is the parameter per: %s',
    async (parameter) => {
      const response = await api.get(`/v1/agreements/export?format=ndjson&${parameter}`)
      expect(response.status).toBe(400)
      const [name] = parameter.split('=')
      const message = 'is only allowed with the formats csv and xlsx'
      expect(readProblem(response).errors).toEqual([{ parameter: name, code: 'invalid', message }])
    },
  )

  it('are escaped if a spreadsheet would read them as formulas', async () => {
    const created = await api.post('/v1/organizations', { name: '=1+1 Institute', kind: 'academic' })
    const parent = created.json<{ id: string }>().id
    await api.post('/v1/organizations', { name: 'Part of a formula', kind: 'academic', parent })
    const [row] = readCsvObjects(
      await fileOf(`organizations/export?format=csv&fields=parent&parent=${parent}`),
    )
    expect(row?.['parent.name']).toBe("'=1+1 Institute")
  })
})
