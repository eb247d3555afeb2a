import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { partIndex, titleIndexes } from '../folding.ts'
import { codeOrder, orderIndexes, textOrder } from '../ordering.ts'
import { citationRanks } from '../vocabularies.ts'
import { exactlyOne, matches, oneOf, revisionColumns, searchColumn, uuidKey } from './columns.ts'
import { sources } from './sources.ts'
import { citableColumns } from './subjects.ts'

/** Which source supports which fact. */
export const citations = pgTable(
  'citations',
  {
    id: uuidKey(),
    source: uuid('source_id')
      .notNull()
      .references(() => sources.id),
    ...citableColumns(),
    property: text('property'),
    paragraph: text('paragraph'),
    page: text('page'),
    excerpt: text('excerpt'),
    note: text('note'),
    rank: text('rank', { enum: citationRanks }).notNull().default('normal'),
    ...revisionColumns,
    search: searchColumn({ A: ['excerpt'], B: ['note'] }),
  },
  (table) => [
    exactlyOne('citations_record', [
      table.regionCode,
      table.countryCode,
      table.topicSlug,
      table.organizationId,
      table.citedSourceId,
      table.agreementId,
      table.projectId,
      table.cooperationBaseId,
      table.assistanceProgramId,
      table.figureId,
    ]),
    matches('citations_property_form', table.property, '^(/([^/~]|~[01])*)+$'),
    oneOf('citations_rank_known', table.rank, citationRanks),
    index('citations_source').on(table.source),
    index('citations_region').on(table.regionCode),
    index('citations_country').on(table.countryCode),
    index('citations_topic').on(table.topicSlug),
    index('citations_organization').on(table.organizationId),
    index('citations_cited_source').on(table.citedSourceId),
    index('citations_agreement').on(table.agreementId),
    index('citations_project').on(table.projectId),
    index('citations_cooperation_base').on(table.cooperationBaseId),
    index('citations_assistance_program').on(table.assistanceProgramId),
    index('citations_figure').on(table.figureId),
    ...orderIndexes('citations_by_property', codeOrder(table.property), table.id, table.property),
    ...orderIndexes('citations_by_rank', codeOrder(table.rank), table.id, table.rank),
    ...orderIndexes('citations_by_paragraph', textOrder(table.paragraph), table.id, table.paragraph),
    index('citations_paragraph').on(table.paragraph),
    index('citations_page').on(table.page),
    index('citations_by_created_at').on(table.createdAt, table.id),
    index('citations_by_updated_at').on(table.updatedAt, table.id),
    index('citations_search').using('gin', table.search),
    ...titleIndexes('citations', table.excerpt),
    partIndex('citations_excerpt_part', table.excerpt),
    partIndex('citations_note_part', table.note),
  ],
)
