import { describe, expect, it } from 'vitest'
import { requestParameters } from '../../src/model/declarations.ts'
import type { Fields } from '../../src/model/field.ts'
import * as field from '../../src/model/fields/builders.ts'
import { enumValues } from '../../src/model/labels.ts'
import { Registry } from '../../src/model/registry.ts'
import { defineResource, type ResourceDeclaration, type SearchProperties } from '../../src/model/resource.ts'
import * as operations from '../../src/operations/index.ts'
import { declarations, registry } from '../../src/resources/registry.ts'

const participants = field.participants('FacilityParticipant', ['host', 'user'])
const agreements = field.references('agreements', 'Agreements that led to it.')

/** The declaration of facilities, with changed options and further fields. */
const facilities = (fields: Fields, options: Partial<ResourceDeclaration> = {}): ResourceDeclaration => ({
  name: 'facilities',
  singular: 'Facility',
  plural: 'Facilities',
  noun: 'facility',
  label: { en: 'Facilities', zh: '设施' },
  description: 'A research facility.',
  search: { title: 'name', prose: [] },
  example: { name: 'Spallation source' },
  ...options,
  fields: { name: field.title('Name.'), ...fields },
})

/** Builds a registry with a further resource. */
const register = (added: ResourceDeclaration) => new Registry([...declarations, added])

const inverse = { name: 'projects', description: 'the facilities that resulted from it.' }

const refused: [what: string, fields: Fields, options: Partial<ResourceDeclaration>, message: string][] = [
  [
    'a property with the name of a property that the service sets',
    { version: field.line('Version.') },
    {},
    'facilities.version: the property "version" already belongs to every record; give one of them another name',
  ],
  [
    'a property with the name of the field that the registry adds to every resource',
    { visibility: field.line('Visibility.') },
    {},
    'facilities.visibility: the property "visibility" already belongs to every record',
  ],
  [
    'a filter with the name of a parameter',
    { limit: field.line('Limit.') },
    {},
    'facilities.limit: the filter "limit" already belongs to the parameters of requests',
  ],
  [
    'a filter with the name of an operator of conditions',
    { not: field.line('What it is not.') },
    {},
    'facilities.not: the filter "not" already belongs to the conditions of searches',
  ],
  [
    'a list with the name of a filter',
    {
      country: field.list('Place', { name: field.line('Name.') }, { description: 'Places.', example: {} }),
      participants,
    },
    {},
    'facilities.country: the collection "country" already belongs to the filters of facilities',
  ],
  [
    'a filter with the name of a filter of every resource',
    { q: field.line('Quality.') },
    {},
    'facilities.q: the filter "q" already belongs to every resource',
  ],
  [
    'a filter with the name of the filter of another property',
    { participants, country: field.reference('countries', 'Country.') },
    {},
    'facilities.country: the filter "country" already belongs to facilities.participants',
  ],
  [
    'a dimension with the name of the dimension of another property',
    {
      openedOn: field.edtf('When it opened.'),
      openedYear: field.enumeration(['early', 'late'], 'When it opened.', { sort: false }),
    },
    {},
    'facilities.openedYear: the dimension "openedYear" already belongs to facilities.openedOn',
  ],
  [
    'a column with the name of the column of another property',
    { opened_on: field.line('Opening.'), openedOn: field.edtf('When it opened.') },
    {},
    'facilities.openedOn: the column "opened_on" already belongs to facilities.opened_on',
  ],
  [
    'a column with the name of a column of every table',
    { search: field.line('Search.') },
    {},
    'facilities.search: the column "search" already belongs to every table',
  ],
  [
    'a column with the name of a column of every list',
    {
      ports: field.list(
        'Port',
        { position: field.line('Position.') },
        { description: 'Ports.', example: {} },
      ),
    },
    {},
    'facilities.ports.position: the column "position" already belongs to every list',
  ],
  [
    'an index with the name of another index of the table',
    {
      openedOn: field.edtf('When it opened.'),
      dimensions: field.enumeration(['large'], 'Dimensions.', { sort: false }),
    },
    {},
    'an index of facilities: the name "facilities_dimensions" already belongs to an index of facilities',
  ],
  [
    'an include that is also a property',
    {
      host: field.reference('countries', 'Host.', {
        include: { name: 'name', description: 'the host.', form: 'one' },
      }),
    },
    {},
    'facilities.host: the include "name" already belongs to the properties of facilities',
  ],
  [
    'two inverses of one name',
    { agreements: field.references('agreements', 'Agreements that led to it.', { inverse }) },
    {},
    'projects.agreements: the include "projects" already belongs to facilities.agreements',
  ],
  [
    'a value that is not in snake_case',
    { openness: field.enumeration(['Open access', 'open'], 'Openness.') },
    {},
    'facilities.openness: the value "Open access" must be in snake_case, such as "open_access", or a code of capital letters and digits, such as "A01"',
  ],
  [
    'a repeated value',
    { openness: field.enumeration(['open', 'closed', 'open'], 'Openness.') },
    {},
    'facilities.openness: the value "open" is given twice; give each value once',
  ],
  [
    'a repeated value in a list',
    {
      ports: field.list(
        'Port',
        { kind: field.enumeration(['sea', 'sea'], 'Kind.') },
        { description: 'Ports.', example: {} },
      ),
    },
    {},
    'facilities.ports.kind: the value "sea" is given twice',
  ],
  [
    'a repeated role',
    { participants: field.participants('FacilityParticipant', ['host', 'host']) },
    {},
    'facilities.participants: the value "host" is given twice',
  ],
  [
    'a reference to an unknown resource',
    { agreement: field.reference('agreement', 'Agreement.') },
    {},
    'facilities.agreement: there is no resource "agreement"; did you mean "agreements"?',
  ],
  [
    'references to an unknown resource',
    { agreements: field.references('agreement', 'Agreements.') },
    {},
    'facilities.agreements: there is no resource "agreement"; did you mean "agreements"?',
  ],
  [
    'a search title that is not a property',
    {},
    { search: { title: 'nam', prose: [] } },
    'facilities: search.title names "nam", which is not a property with a column of its own; did you mean "name"?',
  ],
  [
    'a search title without a column',
    { participants },
    { search: { title: 'participants', prose: [] } },
    'facilities: search.title names "participants", which is not a property with a column of its own; it can be "name"',
  ],
  [
    'a second name without aliases',
    { shortName: field.line('Short name.') },
    { search: { title: 'name', otherName: 'shortName', prose: [] } },
    'facilities: search.otherName needs search.hasAliases, without which only the title is searched as a name',
  ],
  [
    'an event date that is not a date',
    { openedOn: field.edtf('When it opened.') },
    { eventDates: ['openedAt'] },
    'facilities: eventDates names "openedAt", which is not a date of field.edtf; did you mean "openedOn"?',
  ],
  [
    'a date of the calendar that is not a date',
    { openedOn: field.edtf('When it opened.') },
    { calendar: { name: 'Opening' } },
    'facilities: calendar names "name", which is not a date of field.edtf; it can be "openedOn"',
  ],
  [
    'a date that must not be before a property that does not exist',
    {
      openings: field.list(
        'FacilityOpening',
        {
          openedOn: field.edtfInList('When it opened.'),
          closedOn: field.edtfInList('When it closed.', { notBefore: ['openedAt'] }),
        },
        { description: 'An opening.', example: { openedOn: '1985', closedOn: null } },
      ),
    },
    {},
    'facilities.openings.closedOn: notBefore names "openedAt", which is not a property beside it; did you mean "openedOn"?',
  ],
  [
    'a bad role in the example',
    { participants },
    { example: { name: 'Spallation source', participants: [{ country: 'CHN', role: 'hots' }] } },
    'facilities: the example: /participants/0/role "hots" is not known; did you mean "host"?',
  ],
  [
    'the singular of another resource',
    {},
    { singular: 'Project' },
    'facilities: the singular "Project" already belongs to projects; give one of them another name',
  ],
  [
    'a name that is not lower-case words joined by hyphens',
    {},
    { name: 'G20-facilities' },
    'G20-facilities: the name must be words of the lower-case letters a to z, joined by hyphens',
  ],
  [
    'a name that PostgreSQL would shorten',
    { theDayOnWhichTheLastInstrumentWasHandedOver: field.edtf('The last day.') },
    {},
    'the table facilities: the name "facilities_the_day_on_which_the_last_instrument_was_handed_over_order" has more than 63 characters',
  ],
  [
    'a name whose table is a table of the service',
    {},
    { name: 'import-rows' },
    'the table import_rows: the name "import_rows" already belongs to the table import_rows',
  ],
]

describe('a registry', () => {
  it('accepts a resource whose names no other declaration has', () => {
    expect(register(facilities({ participants, agreements })).get('facilities').name).toBe('facilities')
  })

  it('compares the entries of a list by all properties of distinctBy together', () => {
    const fields = { name: field.requiredLine('Name.', 50), place: field.requiredLine('Place.', 50) }
    const example = { name: 'North', place: 'Harbor' }
    const ports = field.list('Port', fields, {
      description: 'Ports.',
      example,
      distinctBy: ['name', 'place'],
    })
    const { document } = register(facilities({ ports })).get('facilities')
    const isValid = (...entries: object[]) => document.safeParse({ name: 'Source', ports: entries }).success
    expect(isValid({ name: 'North', place: 'Old Harbor' }, { name: 'North Old', place: 'Harbor' })).toBe(true)
    expect(isValid(example, { ...example, place: 'Quay' })).toBe(true)
    expect(isValid(example, example)).toBe(false)
  })

  it.each(refused)('refuses %s', (_what, fields, options, message) => {
    expect(() => register(facilities(fields, options))).toThrow(message)
  })

  it('refuses a second label, a label in only one language, and an enumeration without values', () => {
    enumValues(['user', 'User', '用户'])
    expect(enumValues('host', ['user', 'User', '用户'])).toEqual(['host', 'user'])
    expect(() => enumValues(['user', 'Visitor', '用户'])).toThrow(
      '"user" has the label "User" (用户) in another declaration; give it the same label, or choose another value',
    )
    expect(() => enumValues(['visitor', 'Visitor', ''])).toThrow(
      '"visitor" has no label in "zh"; give it one in every language',
    )
    expect(() => enumValues()).toThrow('an enumeration needs at least one value')
  })

  it('has each resource after those to which it refers, whatever the order of the declarations', () => {
    const names = (declared: readonly ResourceDeclaration[]) =>
      new Registry(declared).resources.map(({ name }) => name)
    const ordered = names([facilities({ agreements }), ...declarations.toReversed()])
    expect(ordered.indexOf('facilities')).toBeGreaterThan(ordered.indexOf('agreements'))
    expect(ordered.at(-1)).toBe('citations')
    expect(ordered).toEqual(names([...declarations, facilities({ agreements })]))
  })

  it('refuses resources that refer to one another', () => {
    const sites = field.references('sites', 'Where it is.')
    const other = { ...facilities({ facility: field.reference('facilities', 'Of what it is.') }) }
    const declared = { ...other, name: 'sites', singular: 'Site', plural: 'Sites', noun: 'site' }
    expect(() => new Registry([...declarations, facilities({ sites }), declared])).toThrow(
      'facilities → sites → facilities: they refer to one another; remove one of these references, and declare an `inverse` where a list in the other direction is needed',
    )
  })

  // The compiler reports every comment `@ts-expect-error` whose line has no error.
  it('has declarations whose options can only name properties of the resource', () => {
    const fields = { name: field.title('Name.'), openedOn: field.edtf('When it opened.') }
    const { singular, plural, noun, label, description, example } = facilities({})
    const names = { singular, plural, noun, label, description, example }
    const search: SearchProperties<'name'> = { title: 'name', prose: [] }
    const define = () => [
      // @ts-expect-error: no property
      defineResource('facilities', fields, { ...names, search: { title: 'title', prose: [] } }),
      // @ts-expect-error: no property
      defineResource('facilities', fields, { ...names, search: { title: 'name', prose: ['summary'] } }),
      // @ts-expect-error: no property
      defineResource('facilities', fields, { ...names, search, eventDates: ['openedAt'] }),
      // @ts-expect-error: no property
      defineResource('facilities', fields, { ...names, search, calendar: { openedAt: 'Opening' } }),
      // @ts-expect-error: no property
      defineResource('facilities', fields, { ...names, search, formerNames: { opened: 'openedAt' } }),
      defineResource('facilities', fields, {
        ...names,
        search,
        eventDates: ['openedOn'],
        calendar: { openedOn: 'Opening' },
        formerNames: { opened: 'openedOn' },
      }),
    ]
    expect(define).not.toThrow()
  })

  it('reserves the name of every parameter that requests send together with filters', () => {
    const sent = registry.resources.flatMap((resource) =>
      Object.values(operations)
        .map(({ contract }) => Object.keys(contract(resource).query))
        .filter((names) => Object.keys(resource.filters).every((filter) => names.includes(filter)))
        .flatMap((names) => names.filter((name) => !Object.hasOwn(resource.filters, name))),
    )
    const [, reserved] = requestParameters
    // `asOf` is not reserved: if a filter has this name, the parameter is called `registryAsOf`.
    expect([...new Set(sent)].sort()).toEqual([...reserved, 'asOf'].sort())
  })
})
