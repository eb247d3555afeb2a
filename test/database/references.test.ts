import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  foreignKey,
  ids,
  insert,
  openConstraintDatabase,
  rows,
  type Table,
} from '../support/constraint-rows.ts'
import { useOpened } from '../support/use-opened.ts'

const database = useOpened(openConstraintDatabase)

describe('PostgreSQL refuses', () => {
  it.each<[table: Table, column: string, value: string, constraint: string]>([
    ['regions', 'parent', '998', 'regions_parent_regions_code_fk'],
    ['countries', 'region', '998', 'countries_region_regions_code_fk'],
    ['topics', 'broader', 'no-topic', 'topics_broader_topics_slug_fk'],
    ['organizations', 'country', 'XXX', 'organizations_country_countries_code_fk'],
    ['organizations', 'parent', randomUUID(), 'organizations_parent_organizations_id_fk'],
    ['agreements_relations', 'agreement', randomUUID(), 'agreements_relations_agreement_agreements_id_fk'],
    ['projects_locations', 'country', 'XXX', 'projects_locations_country_countries_code_fk'],
    ['projects_sectors', 'topic', 'no-topic', 'projects_sectors_topic_topics_slug_fk'],
    ['agreements_territories', 'party', 'XXX', 'agreements_territories_party_countries_code_fk'],
    ['cooperation_bases', 'part_of', randomUUID(), 'cooperation_bases_part_of_cooperation_bases_id_fk'],
    ['cooperation_bases', 'host_country', 'XXX', 'cooperation_bases_host_country_countries_code_fk'],
    [
      'cooperation_bases',
      'host_organization',
      randomUUID(),
      'cooperation_bases_host_organization_organizations_id_fk',
    ],
    ['figures', 'country', 'XXX', 'figures_country_countries_code_fk'],
    ['citations', 'source', randomUUID(), 'citations_source_sources_id_fk'],
    ['citations', 'cited_record', randomUUID(), 'citations_cited_record'],
    ['participations', 'country', 'XXX', 'participations_country_countries_code_fk'],
    ['participations', 'record', randomUUID(), 'participations_record'],
    ['topic_links', 'topic', 'no-topic', 'topic_links_topic_topics_slug_fk'],
    ['external_ids', 'record', randomUUID(), 'external_ids_record'],
    ['agreements_terms', 'record', randomUUID(), 'agreements_terms_record_agreements_id_fk'],
    ['agreements_documents', 'record', randomUUID(), 'agreements_documents_record_agreements_id_fk'],
    ['countries_groups', 'target', '998', 'countries_groups_target_regions_code_fk'],
    ['countries_successors', 'target', 'XXX', 'countries_successors_target_countries_code_fk'],
    ['projects_agreements', 'target', randomUUID(), 'projects_agreements_target_agreements_id_fk'],
    [
      'assistance_programs_agreements',
      'target',
      randomUUID(),
      'assistance_programs_agreements_target_agreements_id_fk',
    ],
  ])('a reference to a missing record in %s.%s', async (table, column, value, constraint) => {
    expect(await database.attempt(insert(table, { ...rows[table], [column]: value }))).toEqual(
      foreignKey(constraint),
    )
  })

  it('to remove a referenced record, and cascades any other removal to rows of the record', async () => {
    const remove = (table: string, id: string): [string, unknown[]] => [
      `delete from ${table} where id = $1`,
      [id],
    ]
    const linked = insert('projects_agreements', rows.projects_agreements)
    expect(await database.attempt(linked, remove('agreements', ids.agreement))).toEqual(
      foreignKey('projects_agreements_target_agreements_id_fk'),
    )
    expect(await database.attempt(linked, remove('projects', ids.project))).toBe('accepted')
    expect(await database.attempt(remove('sources', ids.source))).toEqual(
      foreignKey('citations_source_sources_id_fk'),
    )
    const ownRows = (['participations', 'topic_links', 'external_ids', 'agreements_relations'] as const).map(
      (table) => insert(table, rows[table]),
    )
    for (const table of ['agreements', 'records'])
      expect(await database.attempt(...ownRows, remove(table, ids.agreement)), table).toBe('accepted')
  })
})
