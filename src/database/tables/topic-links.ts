import { integer, pgTable, text, unique } from 'drizzle-orm/pg-core'
import { exactlyOne, ofOwner, versioned } from './columns.ts'
import { cooperationColumns } from './subjects.ts'
import { topics } from './topics.ts'

/** Which record is about which topic. */
export const topicLinks = pgTable(
  'topic_links',
  {
    topic: text('topic')
      .notNull()
      .references(() => topics.slug),
    ...cooperationColumns(),
    position: integer('position').notNull(),
    ...versioned,
  },
  (table) => [
    exactlyOne('topic_links_subject', [
      table.agreementId,
      table.projectId,
      table.cooperationBaseId,
      table.assistanceProgramId,
    ]),
    unique('topic_links_once')
      .on(table.topic, table.agreementId, table.projectId, table.cooperationBaseId, table.assistanceProgramId)
      .nullsNotDistinct(),
    ofOwner('topic_links_agreement', table.agreementId, table.position),
    ofOwner('topic_links_project', table.projectId, table.position),
    ofOwner('topic_links_cooperation_base', table.cooperationBaseId, table.position),
    ofOwner('topic_links_assistance_program', table.assistanceProgramId, table.position),
  ],
)
