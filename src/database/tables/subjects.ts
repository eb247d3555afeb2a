import { text, uuid } from 'drizzle-orm/pg-core'
import { agreements } from './agreements.ts'
import { assistancePrograms } from './assistance-programs.ts'
import { cooperationBases } from './cooperation-bases.ts'
import { countries } from './countries.ts'
import { figures } from './figures.ts'
import { organizations } from './organizations.ts'
import { projects } from './projects.ts'
import { regions } from './regions.ts'
import { sources } from './sources.ts'
import { topics } from './topics.ts'

/**
 * Columns that point to the record that a row belongs to, one column a table, of which exactly one is filled:
 * real foreign keys where a pair of type and id would be none.
 */

/** The records that have participants and topics. A row goes with its record. */
export const cooperationColumns = () => ({
  agreementId: uuid('agreement_id').references(() => agreements.id, { onDelete: 'cascade' }),
  projectId: uuid('project_id').references(() => projects.id, { onDelete: 'cascade' }),
  cooperationBaseId: uuid('cooperation_base_id').references(() => cooperationBases.id, {
    onDelete: 'cascade',
  }),
  assistanceProgramId: uuid('assistance_program_id').references(() => assistancePrograms.id, {
    onDelete: 'cascade',
  }),
})

/** Every record that a citation can speak of. A record with citations can't be removed before they are. */
export const citableColumns = () => ({
  regionCode: text('region_code').references(() => regions.code),
  countryCode: text('country_code').references(() => countries.code),
  topicSlug: text('topic_slug').references(() => topics.slug),
  organizationId: uuid('organization_id').references(() => organizations.id),
  citedSourceId: uuid('cited_source_id').references(() => sources.id),
  agreementId: uuid('agreement_id').references(() => agreements.id),
  projectId: uuid('project_id').references(() => projects.id),
  cooperationBaseId: uuid('cooperation_base_id').references(() => cooperationBases.id),
  assistanceProgramId: uuid('assistance_program_id').references(() => assistancePrograms.id),
  figureId: uuid('figure_id').references(() => figures.id),
})
