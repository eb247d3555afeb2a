import type pg from 'pg'
import type { Statement, Transaction } from './statement.ts'

/** A connection as functions take it that also run inside a transaction. */
export const clientQueries = (client: pg.ClientBase): Transaction => ({
  query: async <Row extends pg.QueryResultRow>({ values = [], ...statement }: Statement) =>
    (await client.query<Row>({ ...statement, values })).rows,
})
