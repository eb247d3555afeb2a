import { describe, expect, it } from 'vitest'
import { useTestApi } from '../../support/api.ts'
import { withFile } from '../../support/import-files.ts'
import { continueImport, createLocalImport, importFile } from '../../support/imports.ts'

/** Columns that a mapping does not use, names of a mapping that a file does not have, and rows of joined files without a match. */

const api = useTestApi()

describe('columns that a mapping does not use', () => {
  it('are listed with the number of rows that have a value', async () => {
    const csv = 'Id,Title,Remark,Empty\n1,One,x,\n2,Two,,\n3,Three,y,\n'
    const text = 'scheme: unused\nrecords: {agreements: {id: Id, properties: {title: Title, kind: =treaty}}}'
    const imported = await importFile(api.database, text, 'rows.csv', csv)
    expect(imported.fileInfo?.unused).toEqual([{ column: 'Remark', rows: 2 }])
  })

  it('are only those of the file, also if a row has too many values', async () => {
    const text = 'scheme: unused\nrecords: {agreements: {id: id, properties: {title: t, kind: =treaty}}}'
    const imported = await importFile(api.database, text, 'rows.csv', 'id,t\n1,a\n2,b,c\n3\n')
    expect(imported).toMatchObject({ counts: { refused: 2 }, fileInfo: { unused: [] } })
  })

  it('include a column read only in the first row of a group, if another row has another value', async () => {
    const csv =
      'Id,Title,Party,Remark,Date\n1,One,China,,1999\n1,,Chad,x,2000\n2,Two,Mali,,1999\n2,Two,Chad,,1999\n'
    const text = `scheme: grouped
rows: { groupBy: Id }
records:
  agreements:
    id: Id
    properties: { title: Title, kind: =treaty, signedOn: Date, parties: { each: rows, country: Party, role: =party } }`
    const imported = await importFile(api.database, text, 'rows.csv', csv)
    expect(imported.fileInfo?.unused).toEqual([
      { column: 'Remark', rows: 1 },
      { column: 'rows/Date', rows: 1 },
    ])
  })

  it('of JSON are compared by value in a group, and names that its rows have are not noted', async () => {
    const rows = ['China', 'Chad'].map((name) => ({
      id: 1,
      title: 'One',
      at: { place: 'Oslo' },
      party: { name },
    }))
    const text = `scheme: grouped-json
rows: { groupBy: id }
records:
  agreements:
    id: id
    properties: { title: title, kind: =treaty, place: at/place, website: web, parties: { each: rows, country: party/name, role: =party } }`
    const ndjson = rows.map((row) => JSON.stringify(row)).join('\n')
    const { fileInfo } = await importFile(api.database, text, 'rows.ndjson', ndjson)
    expect(fileInfo).toMatchObject({
      unused: [],
      notes: ['These names of the mapping do not occur in the rows that were read (1): "web".'],
    })
  })

  it('exclude the texts of elements that it reads, with or without attributes', async () => {
    const xml =
      '<list><r><id>1</id><t>One</t><p>China</p><p code="x">Chad</p></r><r><id>2</id><t>Two</t><p>Mali</p></r></list>'
    const text = `scheme: elements
records:
  agreements:
    id: id/#
    properties: { title: t, kind: =treaty, parties: { each: p, country: "#", role: =party } }`
    const imported = await importFile(api.database, text, 'rows.xml', xml)
    expect(imported.fileInfo?.unused).toEqual([{ column: 'p/@code', rows: 1 }])
    const { data } = (
      await api.get('/v1/agreements?externalId=elements:1,elements:2&sort=title&fields=parties')
    ).json()
    expect(data).toMatchObject([
      { parties: [{ country: 'CHN' }, { country: 'TCD' }] },
      { parties: [{ country: 'MLI' }] },
    ])
  })
})

it.each([
  ['rows.json', '[{"id": 1, "title": "One"}]'],
  ['rows.ndjson', '{"id": 1, "title": "One"}'],
  ['rows.xml', '<list><row><id>1</id><title>One</title></row></list>'],
])('a misspelt groupBy, and options that the format lacks, are noted for %s', async (name, content) => {
  const text = `scheme: misspelt
rows: { groupBy: ID, header: 3, delimiter: ";", quote: none, sheet: X, fillDown: [id], encoding: utf-8 }
records: { agreements: { id: id, properties: { title: title, kind: =treaty } } }`
  const { fileInfo } = await importFile(api.database, text, name, content, { autoCommit: false })
  const format = name.replace('rows.', '').toUpperCase()
  const ignored = 'rows.delimiter, rows.quote, rows.sheet, rows.header, rows.fillDown'
  expect(fileInfo?.notes).toEqual([
    `These options do not apply to ${format}, and were ignored: ${ignored}.`,
    'These names of the mapping do not occur in the rows that were read (1): "ID".',
  ])
})

describe('names of a mapping that no row of a file has', () => {
  const note = (names: string) =>
    `These names of the mapping do not occur in the rows that were read (2): ${names}.`

  it('are noted when the file is staged, and names with empty values are not', async () => {
    const rows = [
      { id: 1, fields: { Title: 'One', 'Lat/Lng': '1,2', Empty: null }, parties: [{ name: 'China' }] },
      { id: 2, fields: { Title: 'Two' }, parties: [] },
    ]
    const text = `scheme: absent
records:
  agreements:
    id: id
    properties:
      title: fields/Title
      kind: =treaty
      place: fields/Lat/Lng
      summary: fields/Empty
      website: { from: [address, "fields/'Web/Site'"] }
      parties: { each: parties, country: Name, role: =party }`
    const imported = await importFile(api.database, text, 'rows.json', JSON.stringify(rows))
    expect(imported.fileInfo).toMatchObject({
      notes: [note(`"fields/Lat/Lng", "address", "fields/'Web/Site'", "parties/Name"`)],
      unused: [
        { column: "fields/'Lat/Lng'", rows: 1 },
        { column: 'parties/name', rows: 1 },
      ],
    })
  })

  it('exclude texts and attributes that XML elements have, and columns of a joined file', async () => {
    const xml = '<list><r><id>1</id><t xml:lang="en">One</t></r><r><id>2</id><t>Two</t></r></list>'
    const text = `scheme: present
join: { notes: { file: notes.csv, key: agreement, equals: id/# } }
records:
  agreements:
    id: id/#
    properties: { title: "t[@xml:lang=en]/#", kind: =treaty, place: p, summary: { all: notes/text } }`
    const id = await createLocalImport(api.database, text, { autoCommit: true })
    const imported = await withFile('rows.xml', xml, (file) =>
      withFile('notes.csv', 'agreement,text\n1,x\n', (notes) =>
        continueImport(api.database, id, [file, notes]),
      ),
    )
    expect(imported.fileInfo?.notes).toEqual([note('"p"')])
  })
})

describe('rows of a joined file that match no row of the imported file', () => {
  const importJoined = async (csv: string, joined: string) => {
    const text = `scheme: unmatched
join:
  hosts: { file: o.csv, key: pid, equals: Host }
  others: { file: o.csv, key: pid, equals: Other }
records:
  agreements:
    id: Id
    properties:
      title: Id
      kind: =treaty
      parties: [{ each: hosts, country: c, role: =party }, { each: others, country: c, role: =party }]`
    const id = await createLocalImport(api.database, text, { autoCommit: true })
    const { fileInfo } = await withFile('rows.csv', csv, (file) =>
      withFile('o.csv', joined, (other) => continueImport(api.database, id, [file, other])),
    )
    return fileInfo?.notes
  }

  it('are counted in a note with an example, unless another join or a refused row finds them', async () => {
    const csv = 'Id,Host,Other\n1,1,\n2,02,X-4\n3,7,,surplus\n'
    const joined = 'pid,c\n1,China\nX-4,Mali\n7,Chad\n2,Laos\nx-4,Kenya\n,Peru\n'
    expect(await importJoined(csv, joined)).toEqual([
      'Rows of o.csv that match no row of the imported file: 3 of 6, such as row 5 (pid "2").',
    ])
  })

  it('are not noted if all match, or if the file has the refused rows of an earlier import', async () => {
    expect(await importJoined('Id,Host,Other\n1,1,2\n', 'pid,c\n1,China\n2,Mali\n')).toEqual([])
    const refused =
      'Id,Host,Other,import.row,import.column,import.reason,import.suggestion,import.extra\n1,1,,row 2,,x,,\n'
    expect(await importJoined(refused, 'pid,c\n1,China\n2,Mali\n')).toEqual([])
  })
})
