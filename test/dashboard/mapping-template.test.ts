import { describe, expect, it } from 'vitest'
import { mappingTemplate } from '../../src/dashboard/imports/mapping-template.ts'
import { parseMapping } from '../../src/features/imports/mapping/index.ts'
import { registry } from '../../src/resources/registry.ts'
import { messageOf } from '../support/import-files.ts'

/** The draft of a mapping that the dashboard derives from the name and the columns of a file. */

const parse = (text: string) => parseMapping(text, registry)

describe('the draft of a mapping', () => {
  it.each([
    ['UN Treaties (2011).csv', 'un-treaties-2011'],
    ['2011.csv', '2011'],
    ['1e5.csv', '1e5'],
    ['true.csv', 'true'],
    ['Null.xlsx', 'null'],
    ['Überblick.csv', 'uberblick'],
  ])('is valid for a file named %s, with the scheme %s', (fileName, scheme) => {
    expect(parse(mappingTemplate(fileName, ['No', 'Title'])).scheme).toBe(scheme)
  })

  /** Checks what the draft has as the title, for a file whose second column has a given name. */
  const expectTitle = (column: string, title: string) => {
    const { agreements } = parse(mappingTemplate('a.csv', ['No', column])).records
    expect(agreements).toMatchObject({ properties: { title } })
  }

  it.each(['true', 'null', '1e5', '2011', '~'])(
    'reads a column named %s, which YAML does not read as a text',
    (column) => {
      expectTitle(column, column)
    },
  )

  it.each([
    ['Title [English]', "'Title [English]'"],
    ["Traités [titre d'origine]", `"Traités [titre d'origine]"`],
    ['[1]', "'[1]'"],
    ['=treaty', "'=treaty'"],
    ['Title/Name', "'Title/Name'"],
    ['Title/', "'Title/'"],
    ['Title // Name', "'Title // Name'"],
    [`Title/"Name" l'an`, `Title/"Name" l'an`],
  ])('reads a column named %s, which looks like a path or a constant, by %s', (column, path) => {
    expectTitle(column, path)
  })

  it('lists the columns at its end as a mapping reads them', () => {
    const columns = ['No', 'Title', 'Place [English]', '=treaty', 'Source/', "Words: d'origine"]
    const list = mappingTemplate('a.csv', columns).split('# Columns: ')[1] ?? ''
    const place = (path: string) => `scheme: a
records: { agreements: { id: No, properties: { title: Title, kind: =treaty, place: ${path} } } }`
    const read = list
      .trim()
      .split(', ')
      .flatMap((path) => parse(place(path)).records.agreements ?? [])
      .map(({ properties }) => properties)
    const paths = ['No', 'Title', "'Place [English]'", "'=treaty'", "'Source/'", "Words: d'origine"]
    expect(read).toEqual(paths.map((path) => ({ title: 'Title', kind: '=treaty', place: path })))
  })

  it.each(['协议.csv', '2023年协议.csv', '.csv'])(
    'leaves the scheme empty for a file named %s',
    async (fileName) => {
      const mapping = mappingTemplate(fileName, ['编号', '名称'])
      expect(mapping).toMatch(/^scheme: ""\n/)
      expect(await messageOf(Promise.resolve().then(() => parse(mapping)))).toMatch(/mapping/)
    },
  )
})
