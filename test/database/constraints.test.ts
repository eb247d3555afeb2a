import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ConstraintDatabase,
  check,
  dangling,
  duplicate,
  ids,
  insert,
  type Outcome,
  openConstraintDatabase,
  type Row,
  rows,
  type Table,
} from '../support/constraint-rows.ts'

let database: ConstraintDatabase
beforeAll(async () => {
  database = await openConstraintDatabase()
})
afterAll(() => database.close())

it.each(Object.entries(rows))('a row of %s that has what it needs is accepted', async (table, row) => {
  expect(await database.attempt(insert(table, row))).toBe('accepted')
})

describe('psql cannot write', () => {
  it.each<[what: string, table: Table, change: Row, outcome: Outcome]>([
    ['no actor', 'participations', { country: null }, check('participations_actor')],
    ['two actors', 'participations', { region: '002' }, check('participations_actor')],
    [
      'three actors',
      'participations',
      { region: '002', organization: ids.organization },
      check('participations_actor'),
    ],
    [
      'no subject',
      'participations',
      { agreement_id: null, role: 'beneficiary' },
      check('participations_subject'),
    ],
    ['two subjects', 'participations', { project_id: ids.project }, check('participations_subject')],
    ['a role that is none', 'participations', { role: 'friend' }, check('participations_role_known')],
    ['a role of assistance', 'participations', { role: 'donor' }, check('participations_role_known')],
    [
      'a role of agreements',
      'participations',
      { agreement_id: null, project_id: ids.project },
      check('participations_role_known'),
    ],
    [
      'a role of projects',
      'participations',
      { agreement_id: null, cooperation_base_id: ids.base, role: 'lead' },
      check('participations_role_known'),
    ],
    [
      'a role of bases',
      'participations',
      { agreement_id: null, assistance_program_id: ids.program, role: 'operator' },
      check('participations_role_known'),
    ],
    [
      'a signatory of something that nobody signs',
      'participations',
      { agreement_id: null, project_id: ids.project, role: 'lead', signatory: 'A minister' },
      check('participations_signatory_of_agreement'),
    ],
    ['a topic of nothing', 'topic_links', { agreement_id: null }, check('topic_links_subject')],
    ['a topic of two', 'topic_links', { project_id: ids.project }, check('topic_links_subject')],
    ['an external id of nothing', 'external_ids', { agreement_id: null }, check('external_ids_subject')],
    ['an external id of two', 'external_ids', { source_id: ids.source }, check('external_ids_subject')],
    ['a scheme in capitals', 'external_ids', { scheme: 'DOI' }, check('external_ids_scheme_form')],
    ['a scheme with a colon', 'external_ids', { scheme: 'doi:10' }, check('external_ids_scheme_form')],
    ['an empty external id', 'external_ids', { id: '' }, check('external_ids_id_filled')],
    ['a citation of nothing', 'citations', { country_code: null }, check('citations_record')],
    ['a citation of two records', 'citations', { region_code: '002' }, check('citations_record')],
    ['a property that is no pointer', 'citations', { property: 'name' }, check('citations_property_form')],
    ['a rank that is none', 'citations', { rank: 'best' }, check('citations_rank_known')],
  ])('%s in %s', async (_what, table, change, outcome) => {
    expect(await database.attempt(insert(table, { ...rows[table], ...change }))).toEqual(outcome)
  })

  it.each<[table: Table, column: string]>([
    ['agreements', 'signed_on'],
    ['agreements', 'provisional_from'],
    ['agreements', 'in_force_from'],
    ['agreements', 'expires_on'],
    ['agreements', 'terminated_on'],
    ['agreement_terms', 'starts_on'],
    ['agreement_terms', 'ends_on'],
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
  ])('a date that is no EDTF in %s.%s, nor its earliest day by itself', async (table, column) => {
    const written = (value: string, name = column) =>
      database.attempt(insert(table, { ...rows[table], [name]: value }))
    expect(await written('2011-04/..')).toBe('accepted')
    for (const bad of ['April 2011', '2011-4', '2011-02-30', '2011/2010', ''])
      expect(await written(bad), bad).toMatchObject({ code: '22007' })
    expect(await written('2011-04-01', `${column}_earliest`)).toMatchObject({ code: '428C9' })
  })

  it('a date that is no EDTF in an action of a party', async () => {
    const party = { ...rows.participations, id: randomUUID() }
    const action = (date: string) =>
      database.attempt(
        insert('participations', party),
        insert('participation_actions', { participation_id: party.id, position: 0, kind: 'signed', date }),
      )
    expect(await action('2011-04')).toBe('accepted')
    expect(await action('in April')).toMatchObject({ code: '22007' })
  })

  it.each<[table: Table, column: string, rule: string]>([
    ['regions', 'kind', 'regions_kind_known'],
    ['topics', 'scheme', 'topics_scheme_known'],
    ['organizations', 'type', 'organizations_type_known'],
    ['sources', 'kind', 'sources_kind_known'],
    ['agreements', 'kind', 'agreements_kind_known'],
    ['agreements', 'level', 'agreements_level_known'],
    ['agreements', 'status', 'agreements_status_known'],
    ['agreements', 'renewal', 'agreements_renewal_known'],
    ['agreement_relations', 'kind', 'agreement_relations_kind_known'],
    ['projects', 'kind', 'projects_kind_known'],
    ['projects', 'status', 'projects_status_known'],
    ['cooperation_bases', 'kind', 'cooperation_bases_kind_known'],
    ['cooperation_bases', 'level', 'cooperation_bases_level_known'],
    ['cooperation_bases', 'status', 'cooperation_bases_status_known'],
    ['cooperation_bases', 'unit_count_qualifier', 'cooperation_bases_qualifier_known'],
    ['assistance_programs', 'modality', 'assistance_programs_modality_known'],
    ['assistance_programs', 'status', 'assistance_programs_status_known'],
    ['assistance_programs', 'aid_type', 'assistance_programs_aid_type_known'],
    ['figures', 'qualifier', 'figures_qualifier_known'],
  ])('a word in %s.%s that is not on its list', async (table, column, rule) => {
    expect(await database.attempt(insert(table, { ...rows[table], [column]: 'unheard_of' }))).toEqual(
      check(rule),
    )
  })

  it.each<[table: Table, column: string, value: string, rule: string]>([
    ['regions', 'code', '99', 'regions_code_form'],
    ['countries', 'code', 'zzz', 'countries_code_form'],
    ['countries', 'alpha2', 'ZZZ', 'countries_alpha2_form'],
    ['countries', 'numeric', '99', 'countries_numeric_form'],
    ['topics', 'slug', 'A topic', 'topics_slug_form'],
    ['figures', 'indicator', 'some things', 'figures_indicator_form'],
    ['regions', 'name', '', 'regions_name_filled'],
    ['countries', 'name', ' A country', 'countries_name_filled'],
    ['topics', 'name', 'A topic ', 'topics_name_filled'],
    ['organizations', 'name', '', 'organizations_name_filled'],
    ['sources', 'title', ' ', 'sources_title_filled'],
    ['agreements', 'title', '', 'agreements_title_filled'],
    ['agreement_documents', 'title', '', 'agreement_documents_title_filled'],
    ['projects', 'title', '', 'projects_title_filled'],
    ['cooperation_bases', 'name', '', 'cooperation_bases_name_filled'],
    ['assistance_programs', 'title', '', 'assistance_programs_title_filled'],
    ['figures', 'title', '', 'figures_title_filled'],
    ['figures', 'unit', '', 'figures_unit_filled'],
  ])('in %s.%s what has not its form, such as "%s"', async (table, column, value, rule) => {
    expect(await database.attempt(insert(table, { ...rows[table], [column]: value }))).toEqual(check(rule))
  })

  it.each<[table: Table, column: string, value: string, rule: string]>([
    ['regions', 'parent', '998', 'regions_parent_regions_code_fk'],
    ['countries', 'region', '998', 'countries_region_regions_code_fk'],
    ['topics', 'broader', 'no-topic', 'topics_broader_topics_slug_fk'],
    ['organizations', 'country', 'XXX', 'organizations_country_countries_code_fk'],
    ['organizations', 'parent', randomUUID(), 'organizations_parent_organizations_id_fk'],
    ['agreement_relations', 'related_id', randomUUID(), 'agreement_relations_related_id_agreements_id_fk'],
    ['projects', 'location_country', 'XXX', 'projects_location_country_countries_code_fk'],
    ['cooperation_bases', 'part_of', randomUUID(), 'cooperation_bases_part_of_cooperation_bases_id_fk'],
    ['cooperation_bases', 'host_country', 'XXX', 'cooperation_bases_host_country_countries_code_fk'],
    [
      'cooperation_bases',
      'host_organization',
      randomUUID(),
      'cooperation_bases_host_organization_organizations_id_fk',
    ],
    [
      'assistance_programs',
      'location_country',
      'XXX',
      'assistance_programs_location_country_countries_code_fk',
    ],
    ['assistance_programs', 'crs_purpose', '00000', 'assistance_programs_crs_purpose_known'],
    ['figures', 'country', 'XXX', 'figures_country_countries_code_fk'],
    ['citations', 'source_id', randomUUID(), 'citations_source_id_sources_id_fk'],
    ['citations', 'country_code', 'XXX', 'citations_country_code_countries_code_fk'],
    ['participations', 'country', 'XXX', 'participations_country_countries_code_fk'],
    ['participations', 'agreement_id', randomUUID(), 'participations_agreement_id_agreements_id_fk'],
    ['topic_links', 'topic', 'no-topic', 'topic_links_topic_topics_slug_fk'],
    ['external_ids', 'agreement_id', randomUUID(), 'external_ids_agreement_id_agreements_id_fk'],
  ])('in %s.%s a reference that leads nowhere', async (table, column, value, rule) => {
    expect(await database.attempt(insert(table, { ...rows[table], [column]: value }))).toEqual(dangling(rule))
  })

  it('a purpose of aid that is a code of another scheme', async () => {
    const [ford] = await database.query("select code from topics where scheme = 'ford' and code = '1.1'")
    const [crs] = await database.query("select code from topics where scheme = 'crs' limit 1")
    const program = (purpose: unknown) =>
      database.attempt(insert('assistance_programs', { ...rows.assistance_programs, crs_purpose: purpose }))
    expect(await program(crs?.code)).toBe('accepted')
    expect(await program(ford?.code)).toEqual(dangling('assistance_programs_crs_purpose_known'))
  })

  it.each<[what: string, outcome: Outcome, table: Table, change: Row, first?: Row]>([
    [
      'an external id of two agreements',
      duplicate('external_ids_agreement_id_unique'),
      'external_ids',
      { agreement_id: ids.otherAgreement },
    ],
    ['an actor twice in one role', duplicate('participations_once'), 'participations', { position: 1 }],
    ['a topic of a record twice', duplicate('topic_links_once'), 'topic_links', { position: 1 }],
    [
      'a relation of two agreements twice',
      duplicate('agreement_relations_unique'),
      'agreement_relations',
      { position: 1 },
    ],
    [
      'two countries of today with one alpha-2 code',
      duplicate('countries_alpha2_unique'),
      'countries',
      { code: 'ZZY' },
    ],
    [
      'two countries of today with one number',
      duplicate('countries_numeric_unique'),
      'countries',
      { code: 'ZZY', alpha2: 'ZY' },
      { numeric: '999' },
    ],
    [
      'two topics with one code in their scheme',
      duplicate('topics_code_unique'),
      'topics',
      { slug: 'b-topic' },
      { code: 'x' },
    ],
    [
      'two organizations with one ROR id',
      duplicate('organizations_ror_unique'),
      'organizations',
      {},
      { ror: 'https://ror.org/034t30j35' },
    ],
  ])('%s', async (_what, outcome, table, change, first) => {
    expect(await database.twice(table, change, first)).toEqual(outcome)
  })

  it.each(['projects', 'cooperation_bases', 'assistance_programs'] as const)(
    'a place in %s that is half given or not on the globe',
    async (table) => {
      const at = (place: Row) => database.attempt(insert(table, { ...rows[table], ...place }))
      expect(await at({ latitude: 30.1, longitude: 90.5, elevation_metres: 4300 })).toBe('accepted')
      expect(await at({ latitude: 30.1 })).toEqual(check(`${table}_coordinates_pair`))
      expect(await at({ longitude: 90.5 })).toEqual(check(`${table}_coordinates_pair`))
      expect(await at({ latitude: 90.5, longitude: 30 })).toEqual(check(`${table}_coordinates_range`))
      expect(await at({ latitude: 30, longitude: -180.5 })).toEqual(check(`${table}_coordinates_range`))
      expect(await at({ elevation_metres: 9001 })).toEqual(check(`${table}_elevation_range`))
      for (const none of ['NaN', 'Infinity'])
        expect(await at({ elevation_metres: none }), none).toEqual(check(`${table}_elevation_range`))
    },
  )

  it.each([
    ['projects', 'budget'],
    ['assistance_programs', 'commitment'],
  ] as const)(
    'in %s an amount without its currency, below zero or beyond what JSON holds exactly',
    async (table, name) => {
      const costing = (amount: number | string | null, currency: string | null) =>
        database.attempt(
          insert(table, { ...rows[table], [`${name}_amount`]: amount, [`${name}_currency`]: currency }),
        )
      const rule = check(`${table}_${name}_valid`)
      expect(await costing(1_500_000.5, 'CNY')).toBe('accepted')
      expect(await costing('9999999999999.99', 'CNY')).toBe('accepted')
      expect(await costing(1, null)).toEqual(rule)
      expect(await costing(null, 'CNY')).toEqual(rule)
      expect(await costing(-0.01, 'CNY')).toEqual(rule)
      expect(await costing(1, 'yuan')).toEqual(rule)
      expect(await costing('NaN', 'CNY')).not.toBe('accepted')
      expect(await costing(1e13, 'CNY')).not.toBe('accepted')
    },
  )

  it.each(['regions', 'countries', 'topics', 'organizations'] as const)(
    'a list of aliases in %s that has not its form',
    async (table) => {
      const called = (aliases: unknown) => database.attempt(insert(table, { ...rows[table], aliases }))
      expect(
        await called([
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
        expect(await called(bad), JSON.stringify(bad)).toEqual(check(`${table}_aliases_form`))
      // What is no list at all fails earlier, where its names are indexed.
      for (const bad of [{ name: 'X', language: null }, '"X"', 'null'])
        expect(await called(bad), JSON.stringify(bad)).not.toBe('accepted')
    },
  )

  it('a number of bases below one', async () => {
    const counting = (unit_count: number) =>
      database.attempt(insert('cooperation_bases', { ...rows.cooperation_bases, unit_count }))
    expect(await counting(222)).toBe('accepted')
    expect(await counting(0)).toEqual(check('cooperation_bases_unit_count_positive'))
  })

  it('a record away that others refer to, while what belongs to it goes with it', async () => {
    const remove = (table: string, id: string): [string, unknown[]] => [
      `delete from ${table} where id = $1`,
      [id],
    ]
    const linked = insert('project_agreements', {
      project_id: ids.project,
      agreement_id: ids.agreement,
      position: 0,
    })
    expect(await database.attempt(linked, remove('agreements', ids.agreement))).toEqual(
      dangling('project_agreements_agreement_id_agreements_id_fk'),
    )
    expect(await database.attempt(linked, remove('projects', ids.project))).toBe('accepted')
    expect(await database.attempt(remove('sources', ids.source))).toEqual(
      dangling('citations_source_id_sources_id_fk'),
    )
    const owned = (['participations', 'topic_links', 'external_ids', 'agreement_relations'] as const).map(
      (table) => insert(table, rows[table]),
    )
    expect(await database.attempt(...owned, remove('agreements', ids.agreement))).toBe('accepted')
  })
})

it('two rows that only look alike are both accepted', async () => {
  expect(await database.twice('external_ids', { agreement_id: null, project_id: ids.project })).toBe(
    'accepted',
  )
  expect(await database.twice('participations', { role: 'beneficiary' })).toBe('accepted')
  expect(await database.twice('countries', { code: 'ZZY', valid_to: '1990' })).toBe('accepted')
  expect(await database.twice('topics', { slug: 'b-topic', scheme: 'crs' }, { code: 'x' })).toBe('accepted')
  expect(await database.twice('organizations', {})).toBe('accepted')
})

it('an agreement cannot be related to itself, nor a country be its own successor', async () => {
  const related = { ...rows.agreement_relations, related_id: ids.agreement }
  expect(await database.attempt(insert('agreement_relations', related))).toEqual(
    check('agreement_relations_other'),
  )
  const successor = { country: 'PAK', successor: 'PAK', position: 0 }
  expect(await database.attempt(insert('country_successors', successor))).toEqual(
    check('country_successors_other'),
  )
})
