import type pg from 'pg'
import type { Statement, StatementRunner } from './statement.ts'

/** Returns a runner of statements on a connection of pg, for functions that otherwise run in a transaction of the service. */
export const asTransaction = (client: pg.ClientBase): StatementRunner => ({
  query: async <Row extends pg.QueryResultRow>({ values = [], ...statement }: Statement) =>
    (await client.query<Row>({ ...statement, values })).rows,
})
