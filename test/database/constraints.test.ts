import { describe, expect, it } from 'vitest'
import {
  check,
  foreignKey,
  ids,
  insert,
  notNull,
  type Outcome,
  openConstraintDatabase,
  type Row,
  rows,
  type Table,
  uniqueKey,
} from '../support/constraint-rows.ts'
import { useOpened } from '../support/use-opened.ts'

const database = useOpened(openConstraintDatabase)

/** The columns that make a row belong to a project instead of an agreement. */
const inProject = { record: ids.project, resource: 'projects' }

it.each(Object.entries(rows))('a complete row of %s is accepted', async (table, row) => {
  expect(await database.attempt(insert(table, row))).toBe('accepted')
})

describe('PostgreSQL refuses SQL that writes', () => {
  it.each<[what: string, table: Table, change: Row, outcome: Outcome]>([
    ['a participant that names nobody', 'participations', { country: null }, check('participations_actor')],
    [
      'a participant that names a country and a region',
      'participations',
      { region: '002' },
      check('participations_actor'),
    ],
    [
      'a participant that names a country, a region and an organization',
      'participations',
      { region: '002', organization: ids.organization },
      check('participations_actor'),
    ],
    [
      'a participant of no record',
      'participations',
      { record: null, role: 'beneficiary' },
      notNull('record'),
    ],
    [
      'a participant with the wrong resource',
      'participations',
      { resource: 'projects', role: 'lead' },
      foreignKey('participations_record'),
    ],
    ['an unknown role', 'participations', { role: 'friend' }, check('participations_role_known')],
    [
      'a role of programs for an agreement',
      'participations',
      { role: 'donor' },
      check('participations_role_known'),
    ],
    ['a role of agreements for a project', 'participations', inProject, check('participations_role_known')],
    [
      'a role of projects for a cooperation base',
      'participations',
      { record: ids.base, resource: 'cooperation-bases', role: 'lead' },
      check('participations_role_known'),
    ],
    [
      'a role of cooperation bases for a program',
      'participations',
      { record: ids.program, resource: 'assistance-programs', role: 'operator' },
      check('participations_role_known'),
    ],
    [
      'a participant of a source, which has none',
      'participations',
      { record: ids.source, resource: 'sources' },
      check('participations_role_known'),
    ],
    [
      'a signatory of a project',
      'participations',
      { ...inProject, role: 'lead', signatory: 'A minister' },
      check('participations_signatory_of_party'),
    ],
    ['a topic of no record', 'topic_links', { record: null }, notNull('record')],
    [
      'a topic with the wrong resource',
      'topic_links',
      { resource: 'projects' },
      foreignKey('topic_links_record'),
    ],
    [
      'a topic of a source, which has none',
      'topic_links',
      { record: ids.source, resource: 'sources' },
      check('topic_links_resource_known'),
    ],
    ['an external id of no record', 'external_ids', { record: null }, notNull('record')],
    [
      'an external id with the wrong resource',
      'external_ids',
      { resource: 'projects' },
      foreignKey('external_ids_record'),
    ],
    [
      'an external id of a country, which has none',
      'external_ids',
      { record: ids.pakistan, resource: 'countries' },
      check('external_ids_resource_known'),
    ],
    ['a scheme in upper case', 'external_ids', { scheme: 'DOI' }, check('external_ids_scheme_form')],
    ['a scheme with a colon', 'external_ids', { scheme: 'doi:10' }, check('external_ids_scheme_form')],
    ['an empty external id', 'external_ids', { id: '' }, check('external_ids_id_filled')],
    ['a citation of no record', 'citations', { cited_record: null }, notNull('cited_record')],
    [
      'a citation with the wrong resource',
      'citations',
      { cited_resource: 'projects' },
      foreignKey('citations_cited_record'),
    ],
    [
      'a property that is not a JSON pointer',
      'citations',
      { property: 'name' },
      check('citations_property_form'),
    ],
    ['an unknown rank', 'citations', { rank: 'best' }, check('citations_rank_known')],
  ])('%s in %s', async (_what, table, change, outcome) => {
    expect(await database.attempt(insert(table, { ...rows[table], ...change }))).toEqual(outcome)
  })

  it.each<[table: Table, column: string]>([
    ['agreements', 'signed_on'],
    ['agreements', 'provisional_from'],
    ['agreements', 'in_force_from'],
    ['agreements', 'expires_on'],
    ['agreements', 'terminated_on'],
    ['agreements_terms', 'starts_on'],
    ['agreements_terms', 'ends_on'],
    ['projects', 'starts_on'],
    ['projects', 'ends_on'],
    ['cooperation_bases', 'designated_on'],
    ['assistance_programs', 'starts_on'],
    ['assistance_programs', 'ends_on'],
    ['figures', 'as_of'],
    ['sources', 'published_on'],
    ['sources', 'accessed_on'],
    ['countries', 'valid_from'],
    ['countries', 'valid_to'],
  ])('a date that is not EDTF in %s.%s, or its generated earliest day', async (table, column) => {
    const insertDate = (value: string, name = column) =>
      database.attempt(insert(table, { ...rows[table], [name]: value }))
    expect(await insertDate('2011-04/..')).toBe('accepted')
    for (const bad of ['April 2011', '2011-4', '2011-02-30', '2011/2010', ''])
      expect(await insertDate(bad), bad).toMatchObject({ code: '22007' })
    expect(await insertDate('2011-04-01', `${column}_earliest`)).toMatchObject({ code: '428C9' })
  })

  it('a date that is not EDTF in an action of a party', async () => {
    const insertAction = (date: string) =>
      database.attempt(
        insert('participations', rows.participations),
        insert('participation_actions', {
          record: ids.agreement,
          party: 0,
          position: 0,
          kind: 'signed',
          date,
        }),
      )
    expect(await insertAction('2011-04')).toBe('accepted')
    expect(await insertAction('in April')).toMatchObject({ code: '22007' })
  })

  it.each<[table: Table, column: string, constraint: string]>([
    ['regions', 'kind', 'regions_kind_known'],
    ['organizations', 'kind', 'organizations_kind_known'],
    ['sources', 'kind', 'sources_kind_known'],
    ['agreements', 'kind', 'agreements_kind_known'],
    ['agreements', 'level', 'agreements_level_known'],
    ['agreements', 'status', 'agreements_status_known'],
    ['agreements', 'renewal', 'agreements_renewal_known'],
    ['agreements_relations', 'kind', 'agreements_relations_kind_known'],
    ['projects', 'kind', 'projects_kind_known'],
    ['projects', 'status', 'projects_status_known'],
    ['cooperation_bases', 'kind', 'cooperation_bases_kind_known'],
    ['cooperation_bases', 'level', 'cooperation_bases_level_known'],
    ['cooperation_bases', 'status', 'cooperation_bases_status_known'],
    ['cooperation_bases', 'unit_count_qualifier', 'cooperation_bases_unit_count_qualifier_known'],
    ['assistance_programs', 'modality', 'assistance_programs_modality_known'],
    ['assistance_programs', 'status', 'assistance_programs_status_known'],
    ['assistance_programs', 'aid_type', 'assistance_programs_aid_type_known'],
    ['figures', 'qualifier', 'figures_qualifier_known'],
  ])('a value in %s.%s that is not in its enumeration', async (table, column, constraint) => {
    expect(await database.attempt(insert(table, { ...rows[table], [column]: 'unheard_of' }))).toEqual(
      check(constraint),
    )
  })

  it.each<[table: Table, column: string, value: string, constraint: string]>([
    ['regions', 'code', '99', 'regions_code_form'],
    ['countries', 'code', 'zzz', 'countries_code_form'],
    ['countries', 'alpha2', 'ZZZ', 'countries_alpha2_form'],
    ['countries', 'numeric', '99', 'countries_numeric_form'],
    ['topics', 'slug', 'A topic', 'topics_slug_form'],
    ['topics', 'scheme', 'A scheme', 'topics_scheme_form'],
    ['figures', 'indicator', 'some things', 'figures_indicator_form'],
    ['regions', 'name', '', 'regions_name_filled'],
    ['countries', 'name', ' A country', 'countries_name_filled'],
    ['topics', 'name', 'A topic ', 'topics_name_filled'],
    ['organizations', 'name', '', 'organizations_name_filled'],
    ['sources', 'title', ' ', 'sources_title_filled'],
    ['agreements', 'title', '', 'agreements_title_filled'],
    ['agreements_documents', 'title', '', 'agreements_documents_title_filled'],
    ['projects', 'title', '', 'projects_title_filled'],
    ['cooperation_bases', 'name', '', 'cooperation_bases_name_filled'],
    ['assistance_programs', 'title', '', 'assistance_programs_title_filled'],
    ['figures', 'title', '', 'figures_title_filled'],
    ['figures', 'unit', '', 'figures_unit_filled'],
  ])('a malformed value in %s.%s, such as "%s"', async (table, column, value, constraint) => {
    expect(await database.attempt(insert(table, { ...rows[table], [column]: value }))).toEqual(
      check(constraint),
    )
  })

  it.each<[what: string, outcome: Outcome, table: Table, change: Row, first?: Row]>([
    [
      'the same external id for two agreements',
      uniqueKey('external_ids_unique'),
      'external_ids',
      { record: ids.otherAgreement },
    ],
    [
      'the same participant twice in the same role',
      uniqueKey('participations_once'),
      'participations',
      { position: 1 },
    ],
    ['a topic of a record twice', uniqueKey('topic_links_once'), 'topic_links', { position: 1 }],
    [
      'the same relation of two agreements twice',
      uniqueKey('agreements_relations_once'),
      'agreements_relations',
      { position: 1 },
    ],
    [
      'two current countries with the same alpha-2 code',
      uniqueKey('countries_alpha2_unique'),
      'countries',
      { code: 'ZZY' },
    ],
    [
      'two current countries with the same numeric code',
      uniqueKey('countries_numeric_unique'),
      'countries',
      { code: 'ZZY', alpha2: 'ZY' },
      { numeric: '999' },
    ],
    [
      'two topics of a scheme with the same code',
      uniqueKey('topics_code_unique'),
      'topics',
      { slug: 'b-topic' },
      { code: 'x' },
    ],
    [
      'two organizations with the same ROR id',
      uniqueKey('organizations_ror_unique'),
      'organizations',
      {},
      { ror: 'https://ror.org/034t30j35' },
    ],
  ])('%s', async (_what, outcome, table, change, first) => {
    expect(await database.attemptTwice(table, change, first)).toEqual(outcome)
  })

  it('a location of a cooperation base with one coordinate or out of range', async () => {
    const insertAt = (place: Row) =>
      database.attempt(insert('cooperation_bases', { ...rows.cooperation_bases, ...place }))
    const complete = { location_latitude: 30.1, location_longitude: 90.5, location_elevation_metres: 4300 }
    expect(await insertAt(complete)).toBe('accepted')
    const pair = check('cooperation_bases_location_coordinates_pair')
    expect(await insertAt({ location_latitude: 30.1 })).toEqual(pair)
    expect(await insertAt({ location_longitude: 90.5 })).toEqual(pair)
    const range = check('cooperation_bases_location_coordinates_range')
    expect(await insertAt({ location_latitude: 90.5, location_longitude: 30 })).toEqual(range)
    expect(await insertAt({ location_latitude: 30, location_longitude: -180.5 })).toEqual(range)
    const elevationRange = check('cooperation_bases_location_elevation_range')
    for (const elevation of [9001, 'NaN', 'Infinity'])
      expect(await insertAt({ location_elevation_metres: elevation }), String(elevation)).toEqual(
        elevationRange,
      )
  })

  it.each(['projects', 'assistance_programs'] as const)(
    'an incomplete or out-of-range location, amount or sector in a list of %s',
    async (table) => {
      const insertItem = (list: 'amounts' | 'locations' | 'sectors', columns: Row) =>
        database.attempt(insert(`${table}_${list}`, { ...rows[`${table}_${list}`], ...columns }))
      expect(await insertItem('locations', { latitude: 30.1 })).toEqual(
        check(`${table}_locations_coordinates_pair`),
      )
      expect(await insertItem('locations', { latitude: 91, longitude: 0 })).toEqual(
        check(`${table}_locations_latitude_range`),
      )
      expect(await insertItem('amounts', { currency: 'yuan' })).toEqual(
        check(`${table}_amounts_currency_form`),
      )
      expect(await insertItem('amounts', { amount: 'NaN' })).not.toBe('accepted')
      expect(await insertItem('amounts', { amount: 1e13 })).not.toBe('accepted')
      expect(await insertItem('amounts', { amount: '-9999999999999.99' })).toBe('accepted')
      expect(await insertItem('sectors', { percentage: 100.1 })).toEqual(
        check(`${table}_sectors_percentage_range`),
      )
    },
  )

  it.each(['regions', 'countries', 'topics', 'organizations'] as const)(
    'a malformed list of aliases in %s',
    async (table) => {
      const insertAliases = (aliases: unknown) => database.attempt(insert(table, { ...rows[table], aliases }))
      expect(
        await insertAliases([
          { name: '巴基斯坦', language: 'zh' },
          { name: 'X', language: null },
        ]),
      ).toBe('accepted')
      for (const bad of [
        ['X'],
        [{ name: 'X' }],
        [{ language: 'en' }],
        [{ name: '', language: null }],
        [{ name: 1, language: null }],
        [{ name: 'X', language: 1 }],
        [{ name: 'X', language: null, more: true }],
        [[]],
        [null],
      ])
        expect(await insertAliases(bad), JSON.stringify(bad)).toEqual(check(`${table}_aliases_form`))
      // A value that is not a list fails earlier, when PostgreSQL computes the column `search` from its names.
      for (const bad of [{ name: 'X', language: null }, '"X"', 'null'])
        expect(await insertAliases(bad), JSON.stringify(bad)).not.toBe('accepted')
    },
  )

  it('a value of a figure that is no number of JSON, or that the API does not accept', async () => {
    const insertValue = (value: string) => database.attempt(insert('figures', { ...rows.figures, value }))
    expect(await insertValue('-100000000000000')).toBe('accepted')
    for (const bad of ['NaN', '100000000000000.1'])
      expect(await insertValue(bad), bad).toEqual(check('figures_value_range'))
  })

  it('a unit count below one', async () => {
    const insertCount = (unit_count: number) =>
      database.attempt(insert('cooperation_bases', { ...rows.cooperation_bases, unit_count }))
    expect(await insertCount(222)).toBe('accepted')
    expect(await insertCount(0)).toEqual(check('cooperation_bases_unit_count_range'))
  })
})

it('two rows are accepted if their unique keys differ or lack a value, or a country is former', async () => {
  expect(await database.attemptTwice('external_ids', inProject)).toBe('accepted')
  expect(await database.attemptTwice('participations', { position: 1, role: 'beneficiary' })).toBe('accepted')
  expect(await database.attemptTwice('countries', { code: 'ZZY', valid_to: '1990' })).toBe('accepted')
  const inOtherScheme = { slug: 'b-topic', scheme: 'crs' }
  expect(await database.attemptTwice('topics', inOtherScheme, { code: 'x' })).toBe('accepted')
  expect(await database.attemptTwice('organizations', {})).toBe('accepted')
})

it('an agreement cannot be related to itself, nor a country be its own successor', async () => {
  const related = { ...rows.agreements_relations, agreement: ids.agreement }
  expect(await database.attempt(insert('agreements_relations', related))).toEqual(
    check('agreements_relations_agreement_other'),
  )
  const successor = { ...rows.countries_successors, target: 'PAK' }
  expect(await database.attempt(insert('countries_successors', successor))).toEqual(
    check('countries_successors_other'),
  )
})
