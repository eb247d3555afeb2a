import { sql } from 'drizzle-orm'
import { type AnyPgColumn, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { partIndex, titleIndexes } from '../folding.ts'
import { codeOrder, dayOrder, numberOrder, orderIndexes, textOrder } from '../ordering.ts'
import { spanIndex } from '../spans.ts'
import { baseKinds, baseLevels, baseStatuses, qualifiers } from '../vocabularies.ts'
import { edtfDate, filled, holds, oneOf, revisionColumns, searchColumn, uuidKey } from './columns.ts'
import { countries } from './countries.ts'
import { locationChecks, locationColumns } from './locations.ts'
import { organizations } from './organizations.ts'

/** Zones, centres, bases and stations; a row may stand for a counted group of them. */
export const cooperationBases = pgTable(
  'cooperation_bases',
  {
    id: uuidKey(),
    name: text('name').notNull(),
    kind: text('kind', { enum: baseKinds }).notNull(),
    level: text('level', { enum: baseLevels }),
    status: text('status', { enum: baseStatuses }),
    ...edtfDate('designatedOn', 'designated_on'),
    summary: text('summary'),
    unitCount: integer('unit_count').notNull().default(1),
    unitCountQualifier: text('unit_count_qualifier', { enum: qualifiers }).notNull().default('exact'),
    partOf: uuid('part_of').references((): AnyPgColumn => cooperationBases.id),
    hostCountry: text('host_country').references(() => countries.code),
    hostOrganization: uuid('host_organization').references(() => organizations.id),
    ...locationColumns(),
    ...revisionColumns,
    search: searchColumn({ A: ['name'], B: ['summary', 'location_name'] }),
  },
  (table) => [
    filled('cooperation_bases_name_filled', table.name),
    oneOf('cooperation_bases_kind_known', table.kind, baseKinds),
    oneOf('cooperation_bases_level_known', table.level, baseLevels),
    oneOf('cooperation_bases_status_known', table.status, baseStatuses),
    oneOf('cooperation_bases_qualifier_known', table.unitCountQualifier, qualifiers),
    holds('cooperation_bases_unit_count_positive', sql`${table.unitCount} >= 1`),
    ...locationChecks('cooperation_bases', table),
    index('cooperation_bases_part_of').on(table.partOf),
    index('cooperation_bases_host_country').on(table.hostCountry),
    index('cooperation_bases_host_organization').on(table.hostOrganization),
    index('cooperation_bases_location_country').on(table.locationCountry),
    ...orderIndexes('cooperation_bases_by_name', textOrder(table.name), table.id, table.name),
    ...orderIndexes('cooperation_bases_by_kind', codeOrder(table.kind), table.id, table.kind),
    ...orderIndexes('cooperation_bases_by_level', codeOrder(table.level), table.id, table.level),
    ...orderIndexes('cooperation_bases_by_status', codeOrder(table.status), table.id, table.status),
    ...orderIndexes(
      'cooperation_bases_by_host_country',
      codeOrder(table.hostCountry),
      table.id,
      table.hostCountry,
    ),
    ...orderIndexes(
      'cooperation_bases_by_designated_on',
      dayOrder(table.designatedOnEarliest),
      table.id,
      table.designatedOnEarliest,
    ),
    ...orderIndexes(
      'cooperation_bases_by_unit_count',
      numberOrder(table.unitCount),
      table.id,
      table.unitCount,
    ),
    spanIndex('cooperation_bases_designated_on_span', table.designatedOnEarliest, table.designatedOnLatest),
    index('cooperation_bases_by_created_at').on(table.createdAt, table.id),
    index('cooperation_bases_by_updated_at').on(table.updatedAt, table.id),
    index('cooperation_bases_search').using('gin', table.search),
    ...titleIndexes('cooperation_bases', table.name),
    partIndex('cooperation_bases_name_part', table.name),
    partIndex('cooperation_bases_summary_part', table.summary),
  ],
)
