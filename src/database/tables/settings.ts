import { pgTable, text } from 'drizzle-orm/pg-core'

/** What all processes on one database must agree on, such as the secret that signs cursors. */
export const settings = pgTable('settings', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
})
