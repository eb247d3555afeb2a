import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { mappingJsonSchema, parseMapping } from '../../../src/features/imports/mapping/index.ts'
import { registry } from '../../../src/resources/registry.ts'
import { collectFaults, convertContent } from '../../support/conversion.ts'
import { makeXlsx, messageOf } from '../../support/import-files.ts'

const mapping = (properties: string, more = '') =>
  `scheme: x\n${more}\nrecords: { agreements: { id: id, properties: { title: title, kind: =treaty, ${properties} } } }`
const faults = (text: string) => collectFaults(() => parseMapping(text, registry))

describe('a faulty mapping', () => {
  it.each([
    [
      'an unknown key',
      `schem: x\n${mapping('')}`,
      '/schem: "schem" is not known here; did you mean "scheme"?',
    ],
    [
      'an unknown resource',
      'scheme: x\nrecords: { agreement: {} }',
      '/records/agreement: "agreement" is not known here; did you mean "agreements"?',
    ],
    [
      'citations, since it cannot state which record they support',
      'scheme: x\nrecords: { citations: {} }',
      '/records/citations: "citations" is not known here',
    ],
    [
      'an unknown property',
      mapping('signdOn: a'),
      '/records/agreements/properties/signdOn: "signdOn" is not known here; did you mean "signedOn"?',
    ],
    [
      'an unknown step',
      mapping('place: { from: a, befor: b }'),
      '/records/agreements/properties/place/befor: "befor" is not known here; did you mean "before"?',
    ],
    [
      'an unknown part of an item',
      mapping('parties: [{ contry: a, role: =party }]'),
      '/records/agreements/properties/parties/0/contry: "contry" is not known here; did you mean "country"?',
    ],
    [
      'a column in place of items',
      mapping('parties: Party'),
      '/records/agreements/properties/parties: needs an object, such as {country: "Party"}, or a list of objects; the properties are "country", ',
    ],
    [
      'a number in place of items',
      mapping('alternativeTitles: 1'),
      '/records/agreements/properties/alternativeTitles: needs an object, such as {name: Column}, or a list of objects; the properties are "name", "language"',
    ],
    [
      'a list in place of a value',
      mapping('summary: [A, B]'),
      '/summary: needs a column or path, "=text" for a constant, or steps such as {from: [A, B]}',
    ],
    ['a number in place of a value', mapping('summary: 5'), '/summary: needs a column or path, "=5" for'],
    [
      'a number in a list of values',
      mapping('topics: [A, 5]'),
      '/topics/1: needs a column or path, "=5" for',
    ],
    [
      'null in place of a value',
      mapping('summary: null'),
      '/summary: must not be null: leave the property out',
    ],
    ['a number in place of columns', mapping('place: { from: 5 }'), '/from: must be text or an array, not 5'],
    [
      'null as a default',
      mapping('place: { from: a, default: null }'),
      '/default: must be text, a number, or true or false, not null',
    ],
    [
      'a list in codes',
      mapping('place: { from: a, codes: { A: [b] } }'),
      '/codes: must be an object with one value for each code, such as {A: signed}, or the name of a file',
    ],
    [
      'a number in place of conditions',
      mapping('', 'when: 5'),
      '/when: must be text, an array, or an object',
    ],
    [
      'a condition of null',
      mapping('', 'when: {a: null}'),
      '/when/a: must be text, a number, true or false, an',
    ],
    [
      'a word in place of a header',
      mapping('', 'rows: {header: x}'),
      '/rows/header: must be a number or "none"',
    ],
    [
      'a text in place of a record',
      'scheme: x\nrecords: {sources: x}',
      '/records/sources: must be an object or',
    ],
    ['no id', 'scheme: x\nrecords: {sources: {properties: {}}}', '/records/sources/id: is required'],
    [
      'a default that is not in the enumeration',
      mapping('parties: [{ country: { from: a, default: China }, role: { from: b, default: prty } }]'),
      '/records/agreements/properties/parties/0/role/default: "prty" is not known; did you mean "party"?',
    ],
    [
      'a default that is no date in EDTF',
      mapping('signedOn: { from: a, default: 5.4.2011 }'),
      '/records/agreements/properties/signedOn/default: "5.4.2011" is not in EDTF: write 2011-04-05',
    ],
    [
      'a value of codes that is not in the enumeration',
      mapping('status: { from: a, codes: { A: signd, B: null, C: In force, "*": "*" } }'),
      '/records/agreements/properties/status/codes/A: "signd" is not known; did you mean "signed"?',
    ],
    [
      'a constant that is not in the enumeration',
      mapping('status: =signd'),
      '/records/agreements/properties/status: "signd" is not known; did you mean "signed"?',
    ],
    [
      'a constant whose steps make an unknown word',
      mapping('status: { value: "signed; in_forse", split: ";" }'),
      '/records/agreements/properties/status: "in_forse" is not known; did you mean "in_force"?',
    ],
    [
      'a column and a constant for one property',
      mapping('place: { from: a, value: b }'),
      '/records/agreements/properties/place: needs exactly one of',
    ],
    [
      'take and join for one value',
      mapping('place: { all: [a, b], take: first, join: "; " }'),
      '/records/agreements/properties/place/join: cannot be combined with take',
    ],
    [
      'create for topics without their scheme',
      mapping('topics: { from: a, create: true }'),
      '/records/agreements/properties/topics/create: needs scheme',
    ],
    [
      'create for a resource whose records are not created',
      mapping('parties: [{ country: { from: a, create: true }, role: =party }]'),
      '/records/agreements/properties/parties/0/country/create: cannot create countries: an import creates only organizations',
    ],
    [
      'by: name for a resource whose records are not found by name',
      mapping('relations: [{ agreement: { from: a, by: name }, kind: =amends }]'),
      '/records/agreements/properties/relations/0/agreement/by: cannot be name: agreements are found by id or key',
    ],
    [
      'by: code without a scheme for a resource without codes of its own',
      mapping('relations: [{ agreement: { from: a, by: code }, kind: =amends }]'),
      '/records/agreements/properties/relations/0/agreement/by: needs scheme',
    ],
    [
      'a bad format of dates',
      mapping('signedOn: { from: a, date: hh:mm }'),
      '/records/agreements/properties/signedOn/date: is not a date format',
    ],
    ['a bad path', mapping('place: "a[["'), '/records/agreements/properties/place/from: "a[[" is not a path'],
    ['a path to the position 0', mapping('place: "a[0]"'), 'narrative[1] for the first value'],
    [
      'a missing property',
      'scheme: x\nrecords: { agreements: { id: id, properties: { kind: =treaty } } }',
      '/records/agreements/properties: needs title',
    ],
    [
      'a missing part of an item',
      mapping('parties: [{ country: a }]'),
      '/records/agreements/properties/parties/0: needs role',
    ],
    [
      'a condition on __proto__, which JavaScript would drop',
      mapping('status: a', 'when: { __proto__: { empty: true } }'),
      '/when/__proto__: "__proto__" is not known here',
    ],
    [
      'a folder in a file name',
      mapping('status: { from: a, codes: ../x.csv }'),
      '/records/agreements/properties/status/codes',
    ],
  ])('is refused, and the pointer says where the fault is: %s', (_, text, fault) => {
    expect(faults(text).join('\n')).toContain(fault)
  })

  it.each([
    ['value of codes', 'status: { from: a, codes: { A: signd } }', 'status/codes/A'],
    ['constant', 'status: =signd', 'status'],
  ])('is refused for an unknown %s without the advice to use codes', (_, property, pointer) => {
    expect(faults(mapping(property))).toEqual([
      `/records/agreements/properties/${pointer}: "signd" is not known; did you mean "signed"?`,
    ])
  })

  it('that names a code list in a folder, hidden or with control characters is refused', () => {
    const codes = (file: string) => mapping(`status: { from: a, codes: ${JSON.stringify(file)} }`)
    expect(faults(codes('codes.csv'))).toEqual([])
    for (const file of ['a/codes.csv', 'a\\codes.csv', '.codes', 'a\u0007b', 'a\nb'])
      expect(faults(codes(file)), JSON.stringify(file)).toEqual([
        expect.stringContaining('must be the name of a file'),
      ])
  })

  it('that is not YAML, or expands too many aliases, is refused', async () => {
    expect(await messageOf(Promise.resolve().then(() => parseMapping('a: [', registry)))).toContain(
      'cannot be parsed at line 1, column 5',
    )
    const bomb = [
      'a: &a [x]',
      ...'bcdefghijk'
        .split('')
        .map((name, index) => `${name}: &${name} [${`*${'abcdefghijk'[index]},`.repeat(9)}]`),
    ].join('\n')
    expect(await messageOf(Promise.resolve().then(() => parseMapping(bomb, registry)))).toContain('aliases')
  })

  it('that names unknown columns of the file is refused with suggestions', async () => {
    const conversion = convertContent(
      mapping('place: Plcae, occasion: at/x'),
      'f.csv',
      'id,title,Place\n1,a,b\n',
    )
    await expect(conversion).rejects.toMatchObject({
      message:
        'The mapping names 2 columns that the file does not have. The file has the columns "id", "title", "Place".',
      errors: [
        {
          pointer: '/records/agreements/properties/place/from',
          message: 'the file has no column "Plcae"; did you mean "Place"?',
        },
        { pointer: '/records/agreements/properties/occasion/from' },
      ],
    })
    const withOneFault = convertContent(mapping('place: Plcae'), 'f.csv', 'id,title,Place\n1,a,b\n')
    await expect(withOneFault).rejects.toThrow('The mapping names 1 column that the file does not have.')
    const inTwoPlaces = convertContent(
      mapping('place: Plcae, occasion: Plcae'),
      'f.csv',
      'id,title,Place\n1,a,b\n',
    )
    await expect(inTwoPlaces).rejects.toMatchObject({
      message: expect.stringContaining('names 1 column that'),
      errors: [{}, {}],
    })
    const ofOneColumn = convertContent(mapping(''), 'f.csv', 'id~title\n1~a\n')
    await expect(ofOneColumn).rejects.toThrow('the delimiter is probably a different one')
    const sheet = convertContent(mapping(''), 'f.xlsx', makeXlsx('<row><c><v>2011</v></c></row>'))
    await expect(sheet).rejects.toThrow('a title is probably above the column names (rows.header)')
  })
})

it('a fault in the citation of a mapping is named once, at its place, even for several records', () => {
  const program = 'assistance-programs: { id: id, properties: { title: title, summary: title } }'
  const text = mapping('', 'citation: { url: { from: a, default: none } }').replace(/ }$/, `, ${program} }`)
  expect(faults(text)).toEqual([expect.stringMatching(/^\/citation\/url\/default: /)])
})

describe('the JSON Schema', () => {
  const schema = mappingJsonSchema(registry)
  const validate = new Ajv2020({ strict: false }).compile(schema)

  it('accepts a mapping that the service accepts', () => {
    const text = mapping(
      'place: { from: [a, b] }, parties: [{ each: { from: c, split: ";" }, country: ., role: =party }]',
    )
    expect(faults(text)).toEqual([])
    expect(validate(parse(text))).toBe(true)
  })

  it.each([
    ['of the mapping', mapping('', 'schem: y')],
    ['of a property', mapping('signdOn: a')],
    ['of a value', mapping('place: { from: a, befor: b }')],
    ['of an item', mapping('parties: [{ country: a, role: =party, rle: b }]')],
  ])('refuses an unknown key, as the service does: %s', (_, text) => {
    expect(faults(text)).toEqual([expect.stringContaining('is not known here')])
    expect(validate(parse(text))).toBe(false)
  })

  it('has no pattern with \\p, which Python does not compile', () => {
    const patterns: string[] = []
    JSON.stringify(schema, (key, value: unknown) => {
      if (key === 'pattern' && typeof value === 'string') patterns.push(value)
      return value
    })
    expect(patterns.length).toBeGreaterThan(0)
    expect(patterns.filter((pattern) => /\\p/i.test(pattern))).toEqual([])
  })

  it('describes values and properties, for completion in editors', () => {
    const text = JSON.stringify(schema)
    expect(text).toContain('When it was signed or agreed.')
    expect(text).toContain('Column or path; the first one with a value if there are several.')
    expect(text.length).toBeLessThan(120_000)
  })
})
