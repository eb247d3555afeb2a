import { describe, expect, it } from 'vitest'
import { parseMapping } from '../../../src/features/imports/mapping/index.ts'
import { registry } from '../../../src/resources/registry.ts'
import { collectFaults, convertContent, draftsOf, makeCompanion } from '../../support/conversion.ts'

/** Columns of the lists that a mapping adds to a row: the rows of a joined file, and those of a group. */

const mapping = (start: string, properties: string, more = '') => `scheme: x
${start}
records: { projects: { id: id, properties: { title: t, kind: =other, ${properties} } } }
${more}`

describe('columns that the rows of a joined file lack', () => {
  const join = 'join: { o: { file: o.csv, key: pid, equals: id } }'
  const convert = (text: string, columns = ['pid', 'country', 'amount']) => {
    const companion = makeCompanion(columns, [{ pid: '1', country: 'China', amount: '5 EUR' }])
    return convertContent(text, 'rows.csv', 'id,t\n1,One\n', new Map([['o.csv', companion]]))
  }

  it('are refused with a suggestion, in conditions, too', async () => {
    const item =
      '{ each: o, when: { cuntry: { empty: false } }, country: country, role: =participant, contribution: "amont" }'
    await expect(convert(mapping(join, `participants: ${item}`))).rejects.toMatchObject({
      type: 'invalid-mapping',
      errors: [
        {
          pointer: '/records/projects/properties/participants/when',
          message: 'o.csv has no column "cuntry"; did you mean "country"?',
        },
        {
          pointer: '/records/projects/properties/participants/contribution/from',
          message: 'o.csv has no column "amont"; did you mean "amount"?',
        },
      ],
    })
    const key = mapping(join.replace('pid', 'pib'), '')
    await expect(convert(key)).rejects.toMatchObject({
      errors: [{ pointer: '/join/o/key', message: 'o.csv has no column "pib"; did you mean "pid"?' }],
    })
  })

  it('are refused in paths from the row, but not if the whole path is a column', async () => {
    await expect(convert(mapping(join, 'summary: o/cuntry'))).rejects.toMatchObject({
      errors: [
        {
          pointer: '/records/projects/properties/summary/from',
          message: 'o.csv has no column "cuntry"; did you mean "country"?',
        },
      ],
    })
    const companions = new Map([
      ['o.csv', makeCompanion(['pid', 'country'], [{ pid: '1', country: 'China' }])],
    ])
    const summaryOf = async (path: string) => {
      const content = 'id,t,o/name\n1,One,Laos\n'
      const [row] = await convertContent(mapping(join, `summary: ${path}`), 'rows.csv', content, companions)
      return row && draftsOf(row)[0]?.document.summary
    }
    expect([await summaryOf('"o/country[1]"'), await summaryOf('o/name')]).toEqual(['China', 'Laos'])
  })

  it.each([
    ['start at the row', 'country: country, role: =participant, contribution: /t', '', undefined],
    ['are in nested objects, whose properties are not known', 'country: land, role: =participant', '', []],
    [
      'are those of a citation, which several records share',
      'country: country, role: =participant',
      'citation: { note: t }',
      undefined,
    ],
  ])('are not refused if the paths %s', async (_what, item, more, columns) => {
    const [row] = await convert(mapping(join, `participants: { each: o, ${item} }`, more), columns)
    expect(row && draftsOf(row)).toHaveLength(1)
  })

  it('are not refused in a citation if a record is made for each of the rows', async () => {
    const text = `scheme: x
${join}
records: { projects: { each: o, id: amount, properties: { title: country, kind: =other } } }
citation: { note: t }`
    const [row] = await convert(text)
    expect(row && draftsOf(row)).toMatchObject([{ document: { title: 'China' } }])
  })
})

describe('columns that the rows of a group lack', () => {
  const convert = (item: string) =>
    convertContent(
      mapping('rows: { groupBy: id }', `participants: { each: rows, ${item} }`),
      'rows.csv',
      'id,t,Country,Percent\n1,One,China,40\n1,One,Laos,60\n',
    )

  it('are refused with a suggestion, as those of the file', async () => {
    await expect(
      convert('country: Country, role: =participant, contribution: Procent'),
    ).rejects.toMatchObject({
      message: expect.stringContaining('names 1 column that the file does not have'),
      errors: [
        {
          pointer: '/records/projects/properties/participants/contribution/from',
          message: 'the file has no column "Procent"; did you mean "Percent"?',
        },
      ],
    })
    await expect(convert('when: rows, country: Country, role: =participant')).rejects.toMatchObject({
      errors: [{ pointer: '/records/projects/properties/participants/when' }],
    })
    await expect(
      convert('country: Country, role: =participant, contribution: /rows/Procent'),
    ).rejects.toMatchObject({
      errors: [{ message: expect.stringContaining('has no column "/rows/Procent"') }],
    })
    const [row] = await convert('when: Percent, country: Country, role: =participant, contribution: /t')
    expect(row && draftsOf(row)).toHaveLength(1)
  })
})

describe('columns beside items that are texts', () => {
  const fault = (name: string) =>
    `cannot read "${name}" from the items of each, which are texts: write "/${name}" for the column of the row, or . for the item itself`
  const convert = (each: string, item: string, more = '') =>
    convertContent(
      mapping(more, `participants: { each: ${each}, role: =participant, ${item} }`),
      'rows.csv',
      'id,t,o,c\n1,One,CAS; NSFC,China\n',
    )
  const organization = 'organization: { from: ., create: true, country: c }'

  it('are refused if the texts are parts of a text, before a file is known', () => {
    const text = mapping(
      '',
      `participants: { each: { from: o, split: ";" }, when: x, role: =participant, ${organization} }`,
    )
    expect(collectFaults(() => parseMapping(text, registry))).toEqual([
      `/records/projects/properties/participants/when: ${fault('x')}`,
      `/records/projects/properties/participants/organization/country/from: ${fault('c')}`,
    ])
  })

  it('are refused if the texts are the values of a column', async () => {
    await expect(convert('o', organization)).rejects.toMatchObject({
      errors: [{ message: fault('c') }],
    })
    await expect(convert('{ from: [o, c] }', 'country: ., contribution: t')).rejects.toMatchObject({
      errors: [{ message: fault('t') }],
    })
    const ofGroup = '{ each: rows/o, role: =participant, country: c }'
    await expect(
      convertContent(
        mapping('rows: { groupBy: id }', `participants: ${ofGroup}`),
        'rows.csv',
        'id,t,o,c\n1,One,CAS,China\n',
      ),
    ).rejects.toMatchObject({ errors: [{ message: fault('c') }] })
  })

  it('are refused in a citation, too, which the records of all texts share', () => {
    const records =
      'records: { sources: { id: ., each: { from: o, split: ";" }, properties: { title: ., kind: =report } } }'
    const text = `scheme: a\ncitation: { note: t, quote: /t }\n${records}\n`
    expect(collectFaults(() => parseMapping(text, registry))).toEqual([`/citation/note/from: ${fault('t')}`])
  })

  it('are read if their paths start at the row, and the item itself is read by #', async () => {
    const [row] = await convert('{ from: o, split: ";" }', 'organization: { from: "#", country: /c }')
    expect(row && draftsOf(row)[0]?.mentions).toMatchObject([
      { name: 'CAS', country: 'China' },
      { name: 'NSFC', country: 'China' },
    ])
  })
})

it('columns beside items that are objects of JSON are read', async () => {
  const text = mapping('', 'participants: { each: { from: o, take: first }, country: c, role: =participant }')
  const rows = await convertContent(text, 'rows.json', '[{"id": 1, "t": "One", "o": [{"c": "China"}]}]')
  expect(rows.flatMap(draftsOf)[0]?.mentions).toMatchObject([{ name: 'China' }])
})
