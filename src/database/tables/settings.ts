import { pgTable, text } from 'drizzle-orm/pg-core'

/** Settings that all processes on one database share, such as the secret that signs cursors. */
export const settings = pgTable('settings', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
})
