import { sql } from 'drizzle-orm'
import { integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { partIndex } from '../folding.ts'
import { citations } from './citations.ts'
import { exactlyOne, filled, matches, ofOwner, versioned } from './columns.ts'
import { figures } from './figures.ts'
import { organizations } from './organizations.ts'
import { sources } from './sources.ts'
import { cooperationColumns } from './subjects.ts'

/** Names that other registers have for a record; a scheme's id names one record of a resource. */
export const externalIds = pgTable(
  'external_ids',
  {
    scheme: text('scheme').notNull(),
    id: text('id').notNull(),
    ...cooperationColumns(),
    organizationId: uuid('organization_id').references(() => organizations.id, { onDelete: 'cascade' }),
    sourceId: uuid('source_id').references(() => sources.id, { onDelete: 'cascade' }),
    citationId: uuid('citation_id').references(() => citations.id, { onDelete: 'cascade' }),
    figureId: uuid('figure_id').references(() => figures.id, { onDelete: 'cascade' }),
    position: integer('position').notNull(),
    ...versioned,
  },
  (table) => {
    const owners = [
      table.agreementId,
      table.projectId,
      table.cooperationBaseId,
      table.assistanceProgramId,
      table.organizationId,
      table.sourceId,
      table.citationId,
      table.figureId,
    ] as const
    return [
      exactlyOne('external_ids_subject', [...owners]),
      matches('external_ids_scheme_form', table.scheme, '^[a-z0-9][a-z0-9._-]*$'),
      filled('external_ids_id_filled', table.id),
      partIndex('external_ids_id_part', table.id),
      ...owners.flatMap((owner) => [
        ofOwner(`external_ids_${owner.name}`, owner, table.position),
        uniqueIndex(`external_ids_${owner.name}_unique`)
          .on(table.scheme, table.id)
          .where(sql`${sql.identifier(owner.name)} is not null`),
      ]),
    ]
  },
)
