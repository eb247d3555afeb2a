import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

type Row = Record<string, unknown>

/** What PostgreSQL says to a statement: nothing against it, or the rule that it breaks. */
type Outcome = 'accepted' | { code: string; rule: string | undefined }

/** Asks something of PostgreSQL, as psql would. */
const query = async (text: string, values: unknown[] = []) =>
  (await database.pool.query<Row>(text, values)).rows

function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof pg.DatabaseError)) throw error
  return { code: error.code ?? '', rule: error.constraint ?? error.column }
}

/** Runs statements in a transaction that leaves nothing behind, and tells what became of the last. */
async function attempt(...statements: (string | [string, unknown[]])[]): Promise<Outcome> {
  const client = await database.pool.connect()
  try {
    await client.query('begin')
    for (const statement of statements) {
      const [text, values] = typeof statement === 'string' ? [statement, []] : statement
      await client.query(text, values)
    }
    // Constraints that wait for the end of the transaction speak now.
    await client.query('set constraints all immediate')
    return 'accepted'
  } catch (error) {
    return outcomeOf(error)
  } finally {
    await client.query('rollback')
    client.release()
  }
}

/** An insert of one row. Values that are no text, number or null are sent as JSON. */
function insert(table: string, row: Row): [string, unknown[]] {
  const columns = Object.keys(row).map((name) => `"${name}"`)
  const values = Object.values(row).map((value) =>
    typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
  )
  return [
    `insert into ${table} (${columns.join(', ')}) values (${values.map((_, at) => `$${at + 1}`).join(', ')})`,
    values,
  ]
}

/** Ids of records that the others refer to. */
const ids = {
  agreement: randomUUID(),
  otherAgreement: randomUUID(),
  project: randomUUID(),
  base: randomUUID(),
  program: randomUUID(),
  organization: randomUUID(),
  source: randomUUID(),
  citation: randomUUID(),
  figure: randomUUID(),
}

/** A row of each table that has everything it needs. */
const rows = {
  regions: { code: '999', name: 'A region', kind: 'subregion' },
  countries: { code: 'ZZZ', alpha2: 'ZZ', name: 'A country' },
  topics: { slug: 'a-topic', name: 'A topic', scheme: 'domain' },
  organizations: { name: 'An organization', type: 'academic' },
  sources: { title: 'A source', kind: 'report' },
  agreements: { title: 'An agreement', kind: 'treaty' },
  agreement_terms: { agreement_id: ids.agreement, position: 0 },
  agreement_relations: {
    agreement_id: ids.agreement,
    position: 0,
    kind: 'renews',
    related_id: ids.otherAgreement,
  },
  agreement_documents: { agreement_id: ids.agreement, position: 0, title: 'Text' },
  projects: { title: 'A project', kind: 'other' },
  cooperation_bases: { name: 'A base', kind: 'other' },
  assistance_programs: { title: 'A program', modality: 'other' },
  figures: { indicator: 'some_things', title: 'Things', value: 1, unit: 'things' },
  citations: { source_id: ids.source, country_code: 'PAK' },
  participations: { agreement_id: ids.agreement, position: 0, country: 'PAK', role: 'party' },
  topic_links: { agreement_id: ids.agreement, position: 0, topic: 'energy' },
  external_ids: { agreement_id: ids.agreement, position: 0, scheme: 'doi', id: '10.1000/1' },
} satisfies Record<string, Row>

type Table = keyof typeof rows

beforeAll(async () => {
  const kept: [string, Row][] = [
    ['agreements', { id: ids.agreement, ...rows.agreements }],
    ['agreements', { id: ids.otherAgreement, ...rows.agreements }],
    ['projects', { id: ids.project, ...rows.projects }],
    ['cooperation_bases', { id: ids.base, ...rows.cooperation_bases }],
    ['assistance_programs', { id: ids.program, ...rows.assistance_programs }],
    ['organizations', { id: ids.organization, ...rows.organizations }],
    ['sources', { id: ids.source, ...rows.sources }],
    ['citations', { id: ids.citation, ...rows.citations }],
    ['figures', { id: ids.figure, ...rows.figures }],
  ]
  for (const [table, row] of kept) await query(...insert(table, row))
})

const check = (rule: string): Outcome => ({ code: '23514', rule })
const duplicate = (rule: string): Outcome => ({ code: '23505', rule })
const dangling = (rule: string): Outcome => ({ code: '23503', rule })

/** Writes a row and then the same row once more, with changes. */
const twice = (table: Table, change: Row, first: Row = {}) =>
  attempt(insert(table, { ...rows[table], ...first }), insert(table, { ...rows[table], ...first, ...change }))

it.each(Object.entries(rows))('a row of %s that has what it needs is accepted', async (table, row) => {
  expect(await attempt(insert(table, row))).toBe('accepted')
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
    expect(await attempt(insert(table, { ...rows[table], ...change }))).toEqual(outcome)
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
      attempt(insert(table, { ...rows[table], [name]: value }))
    expect(await written('2011-04/..')).toBe('accepted')
    for (const bad of ['April 2011', '2011-4', '2011-02-30', '2011/2010', ''])
      expect(await written(bad), bad).toMatchObject({ code: '22007' })
    expect(await written('2011-04-01', `${column}_earliest`)).toMatchObject({ code: '428C9' })
  })

  it('a date that is no EDTF in an action of a party', async () => {
    const party = { ...rows.participations, id: randomUUID() }
    const action = (date: string) =>
      attempt(
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
    expect(await attempt(insert(table, { ...rows[table], [column]: 'unheard_of' }))).toEqual(check(rule))
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
    expect(await attempt(insert(table, { ...rows[table], [column]: value }))).toEqual(check(rule))
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
    expect(await attempt(insert(table, { ...rows[table], [column]: value }))).toEqual(dangling(rule))
  })

  it('a purpose of aid that is a code of another scheme', async () => {
    const [ford] = await query("select code from topics where scheme = 'ford' and code = '1.1'")
    const [crs] = await query("select code from topics where scheme = 'crs' limit 1")
    const program = (purpose: unknown) =>
      attempt(insert('assistance_programs', { ...rows.assistance_programs, crs_purpose: purpose }))
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
    expect(await twice(table, change, first)).toEqual(outcome)
  })

  it.each(['projects', 'cooperation_bases', 'assistance_programs'] as const)(
    'a place in %s that is half given or not on the globe',
    async (table) => {
      const at = (place: Row) => attempt(insert(table, { ...rows[table], ...place }))
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
        attempt(insert(table, { ...rows[table], [`${name}_amount`]: amount, [`${name}_currency`]: currency }))
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
      const called = (aliases: unknown) => attempt(insert(table, { ...rows[table], aliases }))
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
      attempt(insert('cooperation_bases', { ...rows.cooperation_bases, unit_count }))
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
    expect(await attempt(linked, remove('agreements', ids.agreement))).toEqual(
      dangling('project_agreements_agreement_id_agreements_id_fk'),
    )
    expect(await attempt(linked, remove('projects', ids.project))).toBe('accepted')
    expect(await attempt(remove('sources', ids.source))).toEqual(
      dangling('citations_source_id_sources_id_fk'),
    )
    const owned = (['participations', 'topic_links', 'external_ids', 'agreement_relations'] as const).map(
      (table) => insert(table, rows[table]),
    )
    expect(await attempt(...owned, remove('agreements', ids.agreement))).toBe('accepted')
  })
})

it('two rows that only look alike are both accepted', async () => {
  expect(await twice('external_ids', { agreement_id: null, project_id: ids.project })).toBe('accepted')
  expect(await twice('participations', { role: 'beneficiary' })).toBe('accepted')
  expect(await twice('countries', { code: 'ZZY', valid_to: '1990' })).toBe('accepted')
  expect(await twice('topics', { slug: 'b-topic', scheme: 'crs' }, { code: 'x' })).toBe('accepted')
  expect(await twice('organizations', {})).toBe('accepted')
})

/** The tables whose records lie one below another: key, the column that points upward, and its name in the API. */
const hierarchies = [
  { table: 'regions', key: 'code', upward: 'parent', property: 'parent', keys: ['901', '903', '904', '905'] },
  {
    table: 'topics',
    key: 'slug',
    upward: 'broader',
    property: 'broader',
    keys: ['c-1', 'c-2', 'c-3', 'c-4'],
  },
  {
    table: 'organizations',
    key: 'id',
    upward: 'parent',
    property: 'parent',
    keys: [randomUUID(), randomUUID(), randomUUID(), randomUUID()],
  },
  {
    table: 'cooperation_bases',
    key: 'id',
    upward: 'part_of',
    property: 'partOf',
    keys: [randomUUID(), randomUUID(), randomUUID(), randomUUID()],
  },
] as const

describe.each(hierarchies)('nothing in $table is below itself', ({ table, key, upward, property, keys }) => {
  const [first, second, third, another] = keys
  const cycle: Outcome = { code: 'EN001', rule: property }
  const put = (below: string, above: string | null): [string, unknown[]] => [
    `update ${table} set ${upward} = $1 where ${key} = $2`,
    [above, below],
  ]

  beforeAll(async () => {
    for (const value of [first, second, third])
      await query(...insert(table, { ...rows[table], [key]: value }))
  })

  it('by pointing to itself, when it is made or later', async () => {
    expect(await attempt(put(first, first))).toEqual(cycle)
    expect(await attempt(insert(table, { ...rows[table], [key]: another, [upward]: another }))).toEqual(cycle)
  })

  it('by a circle of two or three, while a chain is possible', async () => {
    expect(await attempt(put(second, first), put(third, second))).toBe('accepted')
    expect(await attempt(put(second, first), put(first, second))).toEqual(cycle)
    expect(await attempt(put(second, first), put(third, second), put(first, third))).toEqual(cycle)
  })

  it('by two transactions that close half of a circle each at the same moment', async () => {
    const [one, other] = await Promise.all([database.pool.connect(), database.pool.connect()])
    try {
      await one.query('begin')
      await other.query('begin')
      await one.query(...put(second, first))
      const refused = other.query(...put(first, second)).then(() => 'accepted' as const, outcomeOf)
      // It must wait for the other transaction to end, for only then can it know.
      expect(await Promise.race([refused, sleep(100, 'waits')])).toBe('waits')
      await one.query('commit')
      expect(await refused).toEqual(cycle)
    } finally {
      await one.query('rollback')
      await other.query('rollback')
      one.release()
      other.release()
      await query(...put(second, null))
    }
  })
})

it('an agreement cannot be related to itself, nor a country be its own successor', async () => {
  const related = { ...rows.agreement_relations, related_id: ids.agreement }
  expect(await attempt(insert('agreement_relations', related))).toEqual(check('agreement_relations_other'))
  const successor = { country: 'PAK', successor: 'PAK', position: 0 }
  expect(await attempt(insert('country_successors', successor))).toEqual(check('country_successors_other'))
})

describe.each([
  ['regions', 'code', '142', 'name'],
  ['countries', 'code', 'PAK', 'name'],
  ['topics', 'slug', 'energy', 'name'],
  ['organizations', 'id', ids.organization, 'name'],
  ['sources', 'id', ids.source, 'title'],
  ['agreements', 'id', ids.agreement, 'title'],
  ['projects', 'id', ids.project, 'title'],
  ['cooperation_bases', 'id', ids.base, 'name'],
  ['assistance_programs', 'id', ids.program, 'title'],
  ['citations', 'id', ids.citation, 'note'],
  ['figures', 'id', ids.figure, 'title'],
])('an update of %s in psql', (table, key, value, column) => {
  /** Changes the record and tells its revision before and after. */
  async function change(assignment: string): Promise<{ before: Row | undefined; after: Row | undefined }> {
    const revision = `select version, created_at, updated_at from ${table} where ${key} = $1`
    const [before] = await query(revision, [value])
    await query(`update ${table} set ${assignment} where ${key} = $1`, [value])
    const [after] = await query(revision, [value])
    return { before, after }
  }

  it('raises the version by one and moves the time of change', async () => {
    const { before, after } = await change(`${column} = 'Changed in psql'`)
    expect(after).toMatchObject({ version: Number(before?.version) + 1, created_at: before?.created_at })
    expect(Number(after?.updated_at)).toBeGreaterThan(Number(before?.updated_at))
  })

  it('cannot set version, birthday and time of change, back or forth', async () => {
    const { before, after } = await change(
      "version = 1, created_at = '2001-01-01', updated_at = '2001-01-01'",
    )
    expect(after).toMatchObject({ version: Number(before?.version) + 1, created_at: before?.created_at })
    expect(Number(after?.updated_at)).toBeGreaterThan(Number(before?.updated_at))
    const { after: later } = await change('version = 1000')
    expect(later?.version).toBe(Number(before?.version) + 2)
  })
})

describe('uuid_v7()', () => {
  interface Made {
    id: string
    before: number
    after: number
  }

  /** Ids with the milliseconds between which each was made, no two in the same millisecond. */
  async function madeBy(functionName: string, client: pg.Pool | pg.PoolClient): Promise<Made[]> {
    const made: Made[] = []
    const clock = 'extract(epoch from clock_timestamp()) * 1000'
    for (let count = 0; count < 20; count++) {
      const { rows: found } = await client.query<Made>(
        `select floor(${clock})::float8 as before, made.id, ceil(${clock})::float8 as after
           from (select ${functionName}() as id, pg_sleep(0.002) offset 0) made`,
      )
      made.push(...found)
    }
    return made
  }

  function expectVersion7(made: Made[]) {
    expect(new Set(made.map(({ id }) => id)).size).toBe(made.length)
    expect(made.map(({ id }) => id)).toEqual(made.map(({ id }) => id).sort())
    for (const { id, after } of made) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      const millis = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)
      expect(Math.abs(after - millis)).toBeLessThan(5000)
    }
  }

  it('makes UUIDs of version 7 that hold the time and rise with it', async () => {
    expectVersion7(await madeBy('uuid_v7', database.pool))
  })

  it('does so too in the form for servers that have no such function of their own', async () => {
    const migration = await readFile('migrations/0000_functions.sql', 'utf8')
    const [, body] =
      /CREATE FUNCTION uuid_v7\(\)[^$]*LANGUAGE plpgsql[^$]*(\$body\$.*?\$body\$)/s.exec(migration) ?? []
    const client = await database.pool.connect()
    try {
      await client.query(`create function pg_temp.made() returns uuid language plpgsql as ${body}`)
      expectVersion7(await madeBy('pg_temp.made', client))
    } finally {
      client.release(true)
    }
  })

  it('is what records without an id get, each its own', async () => {
    const made = await query(
      "insert into sources (title, kind) select 'A source', 'report' from generate_series(1, 50) returning id",
    )
    expect(new Set(made.map(({ id }) => id)).size).toBe(50)
    expect(made.every(({ id }) => String(id).charAt(14) === '7')).toBe(true)
  })
})

describe('a restore, which runs with an empty search_path,', () => {
  it('computes every generated column of every table again as it was', async () => {
    const tables = await query(
      "select tablename as name from pg_tables where schemaname = 'public' order by 1",
    )
    expect(tables.length).toBeGreaterThan(20)
    const client = await database.pool.connect()
    try {
      await client.query("select set_config('search_path', '', false)")
      for (const { name } of tables) {
        const { rows: columns } = await client.query<Row>(
          `select quote_ident(attname) as name from pg_attribute
            where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
          [`public.${name}`],
        )
        const list = columns.map((column) => column.name).join(', ')
        await client.query(`create temp table restored (like public.${name} including all)`)
        await client.query(
          `insert into pg_temp.restored (${list}) overriding system value select ${list} from public.${name}`,
        )
        const { rows: same } = await client.query(
          `select not exists (select one::text from public.${name} as one except select other::text from pg_temp.restored as other) as same`,
        )
        expect(same, String(name)).toEqual([{ same: true }])
        await client.query('drop table pg_temp.restored')
      }
    } finally {
      client.release(true)
    }
  })

  it('can write to the tables themselves: triggers, defaults and checks find what they call', async () => {
    const qualified = Object.entries(rows).map(([table, row]) => insert(`public.${table}`, row))
    const below = insert('public.topics', {
      slug: 'b-topic',
      name: 'B',
      scheme: 'domain',
      broader: 'a-topic',
    })
    expect(
      await attempt(
        "set local search_path = ''",
        ...qualified,
        below,
        "update public.topics set name = 'Changed' where slug = 'a-topic'",
        "update public.topics set broader = 'energy' where slug = 'a-topic'",
      ),
    ).toBe('accepted')
    expect(
      await attempt(
        "set local search_path = ''",
        insert('public.topics', rows.topics),
        "update public.topics set broader = 'a-topic' where slug = 'a-topic'",
      ),
    ).toEqual({ code: 'EN001', rule: 'broader' })
  })
})
