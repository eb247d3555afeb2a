import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RowOptions } from '../../../src/features/imports/reading/options.ts'
import { messageOf, readContent } from '../../support/import-files.ts'

describe('the reader of JSON', () => {
  it('reads the items of a nested list back unchanged', { timeout: 60_000 }, async () => {
    const items = fc.array(
      fc.dictionary(
        fc.string({ maxLength: 5 }).filter((name) => name !== '__proto__'),
        fc.jsonValue({ maxDepth: 3 }),
      ),
      {
        minLength: 1,
        maxLength: 8,
      },
    )
    // The reader replaces characters that cannot be stored (JSON.stringify escapes them), and keeps long numbers as text.
    const isChanged = (json: string) => /\\u0000|\\ud|\d{16}/.test(json)
    const indents = fc.constantFrom(undefined, 2)
    await fc.assert(
      fc.asyncProperty(items, indents, async (list, indent) => {
        const exact: unknown = JSON.parse(JSON.stringify(list))
        fc.pre(!isChanged(JSON.stringify(list)))
        const text = JSON.stringify({ links: [{ a: '}]"' }], data: { rows: list } }, undefined, indent)
        const { rows } = await readContent('file.json', text, { path: '/data/rows' })
        expect(rows.map(({ values }) => values)).toEqual(exact)
      }),
      { numRuns: 60 },
    )
  })

  it('accepts a list at the top level, and locates each row', async () => {
    const { rows, fileInfo } = await readContent('file.json', '[{"a": 1}, {"a": [1, {"b": null}]}]')
    expect(fileInfo.format).toBe('json')
    expect(rows.map(({ locator }) => locator)).toEqual(['item 1', 'item 2'])
  })

  it('accepts white space after the list, an empty list, and equal names at other places', async () => {
    const countRows = async (text: string, options = {}) =>
      (await readContent('file.json', text, options)).rows.length
    expect(await countRows('[{"a": 1}] \r\n\t\n')).toBe(1)
    expect(await countRows('[ ]\n')).toBe(0)
    expect(
      await countRows('{"b": [{"b": []}], "c": {"b": []}, "d": "b", "e": ["b"]}\n', { path: '/b' }),
    ).toBe(1)
  })

  it('finds a list whose path has names that the file writes with escapes', async () => {
    const text = String.raw`{"donn\u00e9es": {"\"aid\"": [{"a": 1}]}}`
    const { rows } = await readContent('file.json', text, { path: '/données/"aid"' })
    expect(rows.map(({ locator, values }) => [locator, values])).toEqual([['/données/"aid"[1]', { a: 1 }]])
  })

  it('keeps long, huge and tiny numbers as text, since doubles would lose digits', async () => {
    const { rows } = await readContent(
      'file.json',
      '[{"id": 12345678901234567890, "text": "12345678901234567890", "third": 0.30000000000000004, "small": 1e-7}, {"sum": -8898548999534.641}, {"huge": [1e400, 1E+308], "tiny": -2.5E-400}]',
    )
    expect(rows[0]?.values).toEqual({
      id: '12345678901234567890',
      text: '12345678901234567890',
      third: 0.30000000000000004,
      small: 1e-7,
    })
    expect(rows[1]?.values).toEqual({ sum: '-8898548999534.641' })
    expect(rows[2]?.values).toEqual({ huge: ['1e400', 1e308], tiny: '-2.5E-400' })
  })

  it.each<[text: string, options: RowOptions, message: string]>([
    ['{"results": [{"a": 1}], "total": 1}', {}, 'rows.path can be /results'],
    [
      '{"head": {"vars": ["x"]}, "results": {"bindings": [{"a": [1]}], "deep": {"er": []}}}',
      {},
      'has no list at its top; rows.path can be /head/vars, /results/bindings.',
    ],
    [
      '{"projects": {"P1": {"sectors": [1]}, "P2": {}}, "pages": [1]}',
      { path: '/projects' },
      'The JSON has an object at /projects, not a list. If the rows are the values of an object, such as {"P1": {…}, "P2": {…}}, save them as a list, each with its key.',
    ],
    ['{"projects": {"P1": {}, "P2": {}}}', {}, 'The JSON has an object at its top, not a list.'],
    [
      '{"P1": {"id": 1, "parties": ["CHN"]}, "P2": {"id": 2, "parties": ["PAK"]}}',
      {},
      'The JSON has an object at its top, not a list. If the rows are the values of an object',
    ],
    ['{"r": {"bindings": []}, "pages": [1]}', { path: '/r' }, 'at /r; rows.path can be /r/bindings.'],
    ['{"results": [{"a": 1}]}', { path: '/result' }, 'did you mean "results"?'],
    [String.raw`{"r\u00e9sultats": []}`, { path: '/r' }, 'has no list at /r; it can be "résultats".'],
    [String.raw`{"r\u00e9sultats": []}`, {}, 'rows.path can be /résultats'],
    [String.raw`{"a\u0000\ud800": []}`, {}, 'rows.path can be /a\ufffd\ufffd'],
    [String.raw`{"\x": {"a": []}}`, { path: '/b' }, String.raw`an invalid property name: "\x"`],
    ['[{"a": 1}, {"a": ', {}, 'cut off'],
    ['[{"a": 1}, {"a" 2}]', {}, 'Item 2 of the list is not JSON'],
    ['[{"a": 1}, {"a": 2}]\n[{"a": 3}]', {}, 'goes on after its end, in line 2'],
    ['[{"a": 1}] end', {}, 'goes on after its end, in line 1'],
    ['[{"a": 1},\n]', {}, 'ends with a comma, in line 2'],
    ['{"b": [{}]}\n\n{"b": [{}]}', { path: '/b', format: 'json' }, 'goes on after its end, in line 3'],
    ['{"b": [{}],\n"b": [{}]}', { path: '/b' }, 'repeats the property /b in line 2'],
    ['{"a": {"b": [{}]}, "a": {"b": null}}', { path: '/a/b' }, 'repeats the property /a/b in line 1'],
  ])('explains what is wrong with %s', async (text, options, message) => {
    expect(await messageOf(readContent('file.json', text, options))).toContain(message)
  })

  it.each([
    ['a.json', '{"results":[{"Id":"1"},{"Id":"2","Ti', {}, 'no list at its top; rows.path can be /results.'],
    ['b.json', '{"results":[{"Id":"1"},{"Id":"2","Ti', { path: '/result' }, 'did you mean "results"?'],
    ['c.json', '{"meta":[{"Id":"1"}],"Ti', { path: '/results' }, 'cut off'],
    ['a.xml', '<all><row/><ro', { path: '/rows/row' }, 'no elements at /rows/row. Its root element is all'],
  ])(
    'explains what the beginning of a file lacks, as for a preview: %s',
    async (name, text, options, message) => {
      expect(await messageOf(readContent(name, text, options, true))).toContain(message)
    },
  )

  it('distinguishes JSON from NDJSON, in which a malformed line is a row with a fault', async () => {
    const { fileInfo, rows } = await readContent('file.txt', '{"a": 1}\n{"a": \n\n{"a": 3}\n[1]\n')
    expect(fileInfo.format).toBe('ndjson')
    expect(rows.map(({ number, fault }) => [number, fault?.detail.slice(0, 20)])).toEqual([
      [1, undefined],
      [2, 'The line is not JSON'],
      [4, undefined],
      [5, 'The row is not a JSO'],
    ])
    const second = await readContent('file.txt', '{"a": 1}\n[{"a": 2}]\n{"a": 3}\n')
    expect(second.rows.map(({ fault }) => fault?.detail)).toEqual([
      undefined,
      'The row is not a JSON object.',
      undefined,
    ])
  })
})

describe('a row of JSON that repeats a property', () => {
  const repeating = [
    ['{"id": 1, "t": "a", "t": "b"}', 't'],
    [String.raw`{"a": {"b": [{"c": 1}, {"c": 2, "\u0063": 3}]}}`, 'a/b/c'],
  ] as const
  it.each(repeating)('is refused, with the name of the property: %s', async (row, name) => {
    const detail = `The property "${name}" is repeated. Write it once.`
    const json = await readContent('file.json', `[{"id": 1},${row},{"id": 3}]`)
    const ndjson = await readContent('file.ndjson', `{"id": 1}\n${row}\n{"id": 3}\n`)
    for (const { rows } of [json, ndjson]) {
      expect(rows.map(({ fault }) => fault)).toEqual([
        undefined,
        { column: '', value: row, detail },
        undefined,
      ])
      expect(rows[1]?.values).toEqual({})
    }
  })

  it('is not a row with equal names in different objects, or in texts', async () => {
    const row = { a: [{ b: 1 }, { b: '"a": 2, "a": 3' }], b: { a: 1, b: String.raw`\"` }, 'a"': 1, 'a\\': 2 }
    const { rows } = await readContent('file.ndjson', JSON.stringify(row))
    expect(rows).toEqual([{ number: 1, locator: 'line 1', values: row }])
  })
})

describe('the reader of XML', () => {
  const xml = `<?xml version="1.0"?><r:root xmlns:r="urn:x"><head/><item id="1"><name>A &amp; B</name>
    <name xml:lang="fr">C</name><code list="x">12</code><note><![CDATA[<b>]]></note></item><item id="2"/></r:root>`

  it('reads attributes, texts and repeated children', async () => {
    const { rows } = await readContent('file.xml', xml, { path: '/root/item' })
    expect(rows.map(({ locator, values }) => [locator, values])).toEqual([
      [
        '/r:root/item[1]',
        {
          '@id': '1',
          name: ['A & B', { '@xml:lang': 'fr', '#': 'C' }],
          code: { '@list': 'x', '#': '12' },
          note: '<b>',
        },
      ],
      ['/r:root/item[2]', { '@id': '2' }],
    ])
  })

  it('uses the encoding that the file declares', async () => {
    // The WHATWG Encoding Standard, like browsers, reads ISO-8859-1 as windows-1252.
    const bytes = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><r><a>Perú</a></r>', 'latin1')
    const { fileInfo, rows } = await readContent('file.xml', bytes)
    expect([fileInfo.encoding, rows[0]?.values]).toEqual(['windows-1252', { '#': 'Perú' }])
  })

  it.each([
    ['a document type', '<!DOCTYPE r [<!ENTITY a "b">]><r><a>&a;</a></r>', 'DOCTYPE'],
    ['an unknown entity', '<r><a>&lol;</a></r>', 'malformed'],
    ['an unclosed element', '<r><a>1</a><a>', 'cut off'],
    ['no rows', '<r><b/></r>', 'Its root element is r, with b in it'],
    ['deep nesting', `<r>${'<a>'.repeat(500)}`, 'levels deep'],
  ])('refuses a file with %s', async (_, text, message) => {
    expect(await messageOf(readContent('file.xml', text, { path: '/r/a' }))).toContain(message)
  })
})
