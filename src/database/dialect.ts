import { PgDialect } from 'drizzle-orm/pg-core'

/** What makes SQL text and its parameters of drizzle's SQL. It keeps nothing, so one serves all. */
export const dialect = new PgDialect()
