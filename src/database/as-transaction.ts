import type pg from 'pg'
import type { Statement, Transaction } from './statement.ts'

/** Wraps a connection of pg as a `Transaction`, for functions that also run inside a transaction of the service. */
export const asTransaction = (client: pg.ClientBase): Transaction => ({
  query: async <Row extends pg.QueryResultRow>({ values = [], ...statement }: Statement) =>
    (await client.query<Row>({ ...statement, values })).rows,
})
