import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/features/imports/types.ts'
import {
  convertContent,
  convertRow,
  documentWithNames,
  draftsOf,
  makeCompanion,
} from '../../support/conversion.ts'

/** A mapping of agreements, with properties in YAML's flow style. */
const mapping = (properties: string, more = '') => `
scheme: treaties
${more}
records:
  agreements:
    id: id
    properties: { title: title, kind: =treaty, ${properties} }
`

const convert = (properties: string, values: JsonObject, more = '') =>
  convertRow(mapping(properties, more), { id: 1, title: 'Accord', ...values })

const documentOf = (properties: string, values: JsonObject, more = '') => {
  const [draft] = draftsOf(convert(properties, values, more))
  return draft ? documentWithNames(draft) : undefined
}

describe('a mapping', () => {
  it('creates a draft with external id, document, mentions and the location of the row', () => {
    const row = convert(
      'signedOn: signed, parties: [{ country: a, role: =party }, { country: b, role: =party }]',
      {
        a: 'China',
        b: 'Korea, Republic of',
        signed: '5 April 1991',
      },
    )
    expect(row).toEqual({
      kind: 'drafts',
      dropped: [],
      drafts: [
        {
          resource: 'agreements',
          externalId: { scheme: 'treaties', id: '1' },
          document: {
            title: 'Accord',
            kind: 'treaty',
            signedOn: '1991-04-05',
            parties: [
              { country: { $mention: 0 }, role: 'party' },
              { country: { $mention: 1 }, role: 'party' },
            ],
          },
          mentions: [
            { resource: 'countries', name: 'China', on: '1991', column: 'a' },
            { resource: 'countries', name: 'Korea, Republic of', on: '1991', column: 'b' },
          ],
          citation: { locator: 'row 2' },
        },
      ],
    })
  })

  it.each<[what: string, property: string, values: JsonObject, expected: unknown]>([
    ['the first column with a value', 'place: { from: [a, b] }', { a: ' ', b: 'Paris' }, 'Paris'],
    [
      'the value after a text that means no value',
      'place: { from: [a, b] }',
      { a: 'n/a', b: 'Paris' },
      'Paris',
    ],
    ['a template', 'place: { template: "{a}, {b}" }', { a: 'Paris', b: 'France' }, 'Paris, France'],
    ['nothing if a template lacks a value', 'place: { template: "{a}, {b}" }', { a: 'Paris' }, undefined],
    ['a default', 'place: { from: a, default: unknown }', {}, 'unknown'],
    ['the text before the last comma', 'place: { from: a, beforeLast: "," }', { a: 'x, y, z' }, 'x, y'],
    ['the text after a colon', 'place: { from: a, after: ":" }', { a: 'at: Paris' }, 'Paris'],
    ['replaced text', 'place: { from: a, replace: { "(a)": "" } }', { a: 'Paris (a)' }, 'Paris'],
    ['one line', 'place: a', { a: ' Paris,\r\n  France ' }, 'Paris, France'],
    ['several lines where they are allowed', 'summary: a', { a: 'x\r\ny\n' }, 'x\ny'],
    ['joined values', 'place: { all: [a, b], join: " / " }', { a: 'Paris', b: 'Beijing' }, 'Paris / Beijing'],
    ['a code', 'status: { from: a, codes: { F: in_force, "*": expired } }', { a: 'F' }, 'in_force'],
    ['any other code', 'status: { from: a, codes: { F: in_force, "*": expired } }', { a: 'G' }, 'expired'],
    [
      'nothing for a code that is mapped to null',
      'status: { from: a, codes: { F: null } }',
      { a: 'F' },
      undefined,
    ],
    ['a constant after its steps', 'status: { value: "In force; 1991", before: ";" }', {}, 'in_force'],
    ['a word in another spelling', 'status: a', { a: 'In Force' }, 'in_force'],
    ['a split list', 'languages: { from: a, split: [";", ","] }', { a: 'en; fr,en' }, ['en', 'fr']],
    ['nothing if `when` fails', 'place: { from: a, when: { b: [x, y] } }', { a: 'Paris', b: 'z' }, undefined],
    ['a date in a format', 'signedOn: { from: a, date: MM/DD/YYYY }', { a: '04/05/2011' }, '2011-04-05'],
    ['nothing for a sentinel', 'expiresOn: { from: a, empty: [9999-12-31] }', { a: '9999-12-31' }, undefined],
    ['no empty part', 'languages: { from: a, split: ";", empty: [none] }', { a: 'en; none' }, ['en']],
    ['nothing for an empty rest', 'place: { from: a, after: ":", empty: ["?"] }', { a: 'at: ?' }, undefined],
  ])('takes %s', (_, property, values, expected) => {
    const [name = ''] = property.split(':')
    const document = documentOf(property, values, 'empty: [n/a]')
    expect(document).toEqual({
      title: 'Accord',
      kind: 'treaty',
      ...(expected !== undefined && { [name]: expected }),
    })
  })

  it('reports the column, the value and a suggestion for a refused row', () => {
    expect(convert('status: state, signedOn: signed', { state: 'in_forse', signed: '03/04/2011' })).toEqual({
      kind: 'refused',
      records: [{ resource: 'agreements', externalId: { scheme: 'treaties', id: '1' } }],
      faults: [
        {
          column: 'signed',
          value: '03/04/2011',
          detail: expect.stringContaining('may be 2011-03-04 or 2011-04-03'),
        },
        {
          column: 'state',
          value: 'in_forse',
          detail: expect.stringContaining('did you mean'),
          suggestion: 'in_force',
        },
      ],
    })
    expect(convert('', { id: null })).toMatchObject({ kind: 'refused', faults: [{ column: 'id' }] })
    expect(convert('', { title: null })).toMatchObject({
      kind: 'refused',
      faults: [{ column: 'title', detail: expect.stringContaining('There is no title') }],
    })
  })

  it('drops a bad value if configured, and only the bad part of a list item', () => {
    const row = convert(
      'status: { from: state, onBadValue: drop }, parties: [{ country: a, role: =party, contribution: { from: c, onBadValue: drop } }, { country: b, role: =party }]',
      { state: '?', a: 'China', b: 'Pakistan', c: 'x'.repeat(1001) },
    )
    const party = (mention: number) => ({ country: { $mention: mention }, role: 'party' })
    expect(row).toMatchObject({
      kind: 'drafts',
      dropped: [
        { column: 'state', value: '?' },
        { column: 'c', detail: 'Contribution is longer than 1000 characters.' },
      ],
      drafts: [
        { mentions: [{ name: 'China' }, { name: 'Pakistan' }], document: { parties: [party(0), party(1)] } },
      ],
    })
  })

  it('takes the first value that can be used, even from a later column', () => {
    const signedOn = 'signedOn: { from: [a, b, c], take: first, onBadValue: drop }'
    const [bad, good, later] = ['soon', '2011-04-05', '2012']
    expect(convert(signedOn, { a: bad, b: [bad, good], c: later })).toMatchObject({
      drafts: [{ document: { signedOn: good } }],
      dropped: [{ value: bad }],
    })
    expect(convert(signedOn.replace('drop', 'refuse'), { a: bad, b: good })).toMatchObject({
      kind: 'refused',
      faults: [{ value: bad }],
    })
    // A code that means no value is not a bad value, and without `take` the first column with a value counts.
    const state = 'status: { from: [a, b], take: first, codes: { Draft: null, Over: expired } }'
    expect(documentOf(state, { a: 'Draft', b: 'Over' })).not.toHaveProperty('status')
    const withoutTake = signedOn.replace('take: first, ', '')
    expect(documentOf(withoutTake, { a: bad, b: good })).not.toHaveProperty('signedOn')
  })

  it('reports a bad value once if several paths lead to it', () => {
    const signedOn = 'signedOn: { from: ["a[@x=1]/#", "a/#"], take: first, onBadValue: drop }'
    const elements = [
      { '@x': '1', '#': 'soon' },
      { '@x': '2', '#': '2012' },
    ]
    expect(convert(signedOn, { a: elements })).toMatchObject({
      drafts: [{ document: { signedOn: '2012' } }],
      dropped: [{ value: 'soon' }],
    })
  })

  it('fills a template with the first of several values, and reports the others', () => {
    const template = 'place: { template: "{a}, {b}" }'
    expect(convert(template, { a: ['Lyon', 'Paris'], b: 'France' })).toMatchObject({
      drafts: [{ document: { place: 'Lyon, France' } }],
      dropped: [
        {
          column: 'a',
          value: '["Lyon","Paris"]',
          detail: 'There are 2 values, and a template takes one: the first is used.',
        },
      ],
    })
    expect(convert(template, { a: ['Lyon', 'Paris'] })).toMatchObject({ dropped: [] })
  })

  it('sets no sum if none of its columns has a number', () => {
    const sum = 'place: { sum: [a, b], onBadValue: drop }'
    expect(convert(sum, { a: '1', b: '2' })).toMatchObject({ drafts: [{ document: { place: '3' } }] })
    const none = convert(sum, { a: 'x', b: 'y' })
    expect(none).toMatchObject({ dropped: [{ column: 'a, b' }, { column: 'a, b' }] })
    expect(none).not.toHaveProperty('drafts.0.document.place')
  })

  it('adds up numbers as they are, and texts in the notation of the mapping', () => {
    const sum = 'place: { sum: [a, b], number: "1.234,5" }'
    const sumOf = (values: JsonObject) => documentOf(sum, values)
    expect(sumOf({ a: 1.234, b: '1.234' })).toMatchObject({ place: '1235.234' })
    expect(sumOf({ a: 1234.5, b: '0,5' })).toMatchObject({ place: '1235' })
  })

  it('reports shortened texts, removed characters and unused values', () => {
    const properties = 'place: { from: a, max: 10 }, summary: b, occasion: { all: [c, d] }'
    const row = convert(properties, { a: 'Llanfairpwllgwyngyll', b: 'x\u0007y', c: 'one', d: 'two' })
    expect(row).toMatchObject({
      dropped: [
        { column: 'a', detail: 'The text has 20 characters and is shortened to 10.' },
        { column: 'c, d', detail: expect.stringContaining('There are 2 values') },
        { column: 'b', detail: expect.stringContaining('U+0007') },
      ],
    })
    // The parsers of files read a NUL as U+FFFD.
    expect(convert('summary: b', { b: 'x\ufffdy' })).toMatchObject({
      dropped: [{ column: 'b', detail: expect.stringContaining('U+FFFD') }],
      drafts: [{ document: { summary: 'xy' } }],
    })
  })

  it('shows refused values with names in place of mentions, and an absent value as an empty text', () => {
    const location = 'location: { country: c, longitude: l }'
    const bases = `scheme: s\nrecords: { cooperation-bases: { id: id, properties: { name: id, kind: =other, ${location} } } }`
    expect(convertRow(bases, { id: 1, c: 'Macao', l: 113 })).toMatchObject({
      faults: [{ value: '{"country":"Macao","longitude":113}' }],
    })
    expect(convert('', { id: null })).toMatchObject({ faults: [{ column: 'id', value: '' }] })
  })

  it('skips rows that its filter excludes', () => {
    const when = 'when: { year: { atLeast: 1990 }, state: { not: [draft], empty: false } }'
    const kind = (year: number, state: string | null) => convert('', { year, state }, when).kind
    expect([kind(1991, 'x'), kind(1989, 'x'), kind(1991, 'draft'), kind(1991, null)]).toEqual([
      'drafts',
      'skipped',
      'skipped',
      'skipped',
    ])
  })

  it('splits a text into items, which can use the columns of the row', () => {
    const property =
      'parties: [{ each: { from: a, split: ";" }, organization: { from: ., beforeLast: ",", country: /c, create: true }, role: =party }]'
    const [draft] = draftsOf(convert(property, { a: 'CAS, Academy; NSFC, Foundation', c: 'CHN' }))
    const origin = { column: 'a', country: 'CHN', countryFrom: { column: 'c' } }
    expect(draft?.mentions).toEqual([
      { resource: 'organizations', name: 'CAS', create: true, ...origin },
      { resource: 'organizations', name: 'NSFC', create: true, ...origin },
    ])
  })

  it.each<[what: string, property: string, expected: JsonObject]>([
    ['of a list of texts', 'languages: { from: a, split: ";", take: last }', { languages: ['fr'] }],
    ['of a list of records', 'topics: { from: a, split: ";", take: first }', { topics: ['zh'] }],
    [
      'of `each`',
      'parties: { each: { from: a, split: ";", take: last }, country: ., role: =party }',
      { parties: [{ country: 'fr', role: 'party' }] },
    ],
    [
      'into one name of a record',
      'topics: { from: a, split: ";", join: " and " }',
      { topics: ['zh and fr'] },
    ],
  ])('takes or joins the values %s', (_, property, expected) => {
    expect(documentOf(property, { a: 'zh; fr' })).toMatchObject(expected)
  })
})

describe('code lists and joined files of a mapping', () => {
  it('translate codes by their first two columns or by named columns', () => {
    const list = makeCompanion(
      ['code', 'word', 'label'],
      [{ code: 'F', word: 'in_force', label: 'In force' }],
    )
    const lists = new Map([['states.csv', list]])
    const run = (codes: string) =>
      convertRow(mapping(`status: { from: a, codes: ${codes} }`), { id: 1, title: 'x', a: 'F' }, lists)
    for (const codes of ['states.csv', '{ list: states.csv, key: code, value: label }']) {
      expect(draftsOf(run(codes))[0]?.document.status).toBe('in_force')
    }
  })

  it('are refused as a code list if they have one column only', () => {
    const lists = new Map([['states.csv', makeCompanion(['code'], [{ code: 'F' }])]])
    const text = mapping('status: { from: a, codes: states.csv }')
    expect(() => convertRow(text, { id: 1, title: 'x', a: 'F' }, lists)).toThrowError(
      expect.objectContaining({
        errors: [
          expect.objectContaining({ message: expect.stringContaining('states.csv has one column only') }),
        ],
      }),
    )
  })

  it('take a code as its own value where the value is *', () => {
    const rows = [
      { code: 'F', word: 'in_force' },
      { code: '*', word: '*' },
    ]
    const lists = new Map([['states.csv', makeCompanion(['code', 'word'], rows)]])
    const row = { id: 1, title: 'x', a: 'expired' }
    const drafts = draftsOf(convertRow(mapping('status: { from: a, codes: states.csv }'), row, lists))
    expect(drafts[0]?.document.status).toBe('expired')
  })

  it('are joined to each row by a key, as lists of their rows', async () => {
    const projects = `
scheme: cordis
join: { partners: { file: organization.csv, key: projectID, equals: id } }
records:
  projects:
    id: id
    properties:
      title: title
      kind: =joint_research
      participants:
        - each: partners
          organization: { from: name, country: country, create: true }
          role: { from: role, codes: { coordinator: lead, "*": participant } }
`
    const partners = makeCompanion(
      ['projectID', 'name', 'country', 'role'],
      [
        { projectID: '7', name: 'CNRS', country: 'FR', role: 'coordinator' },
        { projectID: '8', name: 'Other', country: 'DE', role: 'partner' },
        { projectID: '7', name: 'KU Leuven', country: 'BE', role: 'partner' },
      ],
    )
    const content = 'id;title;totalCost\n7;Fusion;"1234,5"\n'
    const [row] = await convertContent(
      projects,
      'project.csv',
      content,
      new Map([['organization.csv', partners]]),
    )
    const [draft] = row ? draftsOf(row) : []
    expect(draft && documentWithNames(draft)).toMatchObject({
      participants: [
        { organization: 'CNRS', role: 'lead' },
        { organization: 'KU Leuven', role: 'participant' },
      ],
    })
  })
})

describe('a joined file', () => {
  it('is joined by a value in a nested object', () => {
    const text = `
scheme: x
join: { languages: { file: languages.csv, key: agreement, equals: info/number } }
records:
  agreements: { id: id, properties: { title: id, kind: =treaty, languages: { all: languages/code } } }
`
    const list = makeCompanion(['agreement', 'code'], [{ agreement: '7', code: 'fr' }])
    const row = { id: 1, info: { number: 7 } }
    const [draft] = draftsOf(convertRow(text, row, new Map([['languages.csv', list]])))
    expect(draft?.document.languages).toEqual(['fr'])
  })
})

describe('several records', () => {
  it('can come from one row, and refer to one another by their ids in the register', () => {
    const [agreement, project] = draftsOf(
      convertRow(
        `
scheme: pairs
records:
  agreements: { id: treaty, properties: { title: treaty, kind: =treaty } }
  projects: { id: project, when: { project: { empty: false } }, properties: { title: project, kind: =other, agreements: treaty } }
`,
        { treaty: 'T1', project: 'P1' },
      ),
    )
    expect(agreement?.externalId).toEqual({ scheme: 'pairs', id: 'T1' })
    expect(project?.document.agreements).toEqual([{ $mention: 0 }])
    expect(project?.mentions).toEqual([
      { resource: 'agreements', externalId: { scheme: 'pairs', id: 'T1' }, column: 'treaty' },
    ])
  })
})

describe('the note of a citation', () => {
  it('may have 10,000 characters', () => {
    const note = 'x'.repeat(10_000)
    const [draft] = draftsOf(convert('', { note }, 'citation: { note: note }'))
    expect(draft?.citation).toEqual({ locator: 'row 2', note })
  })
})
