import type { Transaction } from '../../database/database.ts'
import type { Language } from '../../model/languages.ts'
import { listPath } from '../../model/paths.ts'
import { checkQuery, parseQuery } from '../../model/query-string.ts'
import type { Resource } from '../../model/resource.ts'
import { type AggregateRow, emptyRow } from '../../operations/aggregate.ts'
import {
  type CountWithListPath,
  countRecords,
  planListQuery,
  replaceListRequestsWithCounts,
  withAsOf,
} from '../../operations/counts.ts'
import { queryDocuments } from '../../operations/records.ts'
import { aggregateParameters, planAggregate } from '../../query/aggregate.ts'
import { aggregateStatement } from '../../query/aggregate-sql.ts'
import { listStatement } from '../../query/list-sql.ts'

/**
 * Runs queries of the API in one snapshot. A number and the path of its list request come from the same query string, so the list
 * has exactly the counted records.
 * `group`, `count` and `read` throw Problem `malformed-request` or `invalid-parameter` for a query that is not valid.
 */
export class QueryRunner {
  readonly #tx: Transaction
  readonly #language: Language
  readonly #asOf: string | undefined

  /** @param asOf the time as of which `tx` reads, for plans and links; undefined if `tx` reads the current registry. */
  constructor(tx: Transaction, language: Language, asOf: string | undefined) {
    this.#tx = tx
    this.#language = language
    this.#asOf = asOf
  }

  /** Returns the path of a list request. @param query filters as a query string. */
  listPath(resource: Resource, query: string): string {
    return listPath(resource, withAsOf(resource, query, this.#asOf))
  }

  /** Groups the records of a query. @param grouping parameters of the aggregate other than the filters. */
  async group(resource: Resource, query: string, grouping: string): Promise<AggregateRow> {
    const parsed = parseQuery(withAsOf(resource, `${query}&${grouping}`, this.#asOf))
    const plan = planAggregate(resource, checkQuery(aggregateParameters(resource), parsed), this.#language)
    const [row = emptyRow] = await this.#tx.query<AggregateRow>(aggregateStatement(plan))
    return row
  }

  /** Counts the records of a query. */
  count(resource: Resource, query: string): Promise<CountWithListPath> {
    return countRecords(this.#tx, resource, query, this.#asOf)
  }

  /**
   * Reads records.
   * @param query parameters of a list, with `limit`. Its `fields` and `include` must select all properties of `Row`.
   */
  async read<Row>(resource: Resource, query: string): Promise<Row[]> {
    const plan = planListQuery(resource, withAsOf(resource, query, this.#asOf))
    const [row] = await queryDocuments<{ records: string | null; current: boolean }>(this.#tx, (options) =>
      listStatement(plan, undefined, options),
    )
    const text = row?.records ?? ''
    const { representation } = plan
    const json = await replaceListRequestsWithCounts(this.#tx, resource, representation, text, this.#asOf)
    return JSON.parse(`[${json}]`)
  }
}
