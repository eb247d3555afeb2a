import type { Transaction } from '../../database/database.ts'
import type { Language } from '../../model/languages.ts'
import { checkQuery, readQuery } from '../../model/parameters.ts'
import type { Resource } from '../../model/resource.ts'
import { addCounts, type Counted, countRecords, listPath, queryAt } from '../../operations/counts.ts'
import { queryDocuments } from '../../operations/records.ts'
import { aggregateParameters, planAggregate } from '../../query/aggregate.ts'
import { aggregateStatement } from '../../query/aggregate-sql.ts'
import { listParameters, planList } from '../../query/list.ts'
import { listStatement } from '../../query/sql.ts'

/** The groups of an aggregate. */
export interface Groups {
  /** JSON texts of the groups, joined with commas. PostgreSQL writes them: JavaScript would round some sums. */
  data: string
  /** Number of all groups, also of those beyond the limit. */
  groups: number
  /** Number of distinct records. */
  total: number
}

/** Runs API queries in one snapshot. Each number comes from the query string of the request that lists its records. */
export class QueryRunner {
  readonly #registry: Transaction
  readonly #language: Language
  readonly #asOf: string | undefined

  /** @param asOf the moment that `registry` is read as of, for links; undefined for now. */
  constructor(registry: Transaction, language: Language, asOf: string | undefined) {
    this.#registry = registry
    this.#language = language
    this.#asOf = asOf
  }

  /** Returns the path of a list request. @param query filters as a query string. */
  link(resource: Resource, query: string): string {
    return listPath(resource, this.#at(resource, query))
  }

  /** Groups the records of a query. @param grouping parameters of the aggregate other than the filters. */
  async group(resource: Resource, query: string, grouping: string): Promise<Groups> {
    const raw = readQuery(this.#at(resource, `${query}&${grouping}`))
    const plan = planAggregate(resource, checkQuery(aggregateParameters(resource), raw), this.#language)
    const [row] = await this.#registry.query<Groups>(aggregateStatement(plan))
    return row ?? { data: '', groups: 0, total: 0 }
  }

  /** Counts the records of a query. @throws Problem `invalid-parameter` for a query that is not valid for a list. */
  count(resource: Resource, query: string): Promise<Counted> {
    return countRecords(this.#registry, resource, query, this.#asOf)
  }

  /** Reads records. @param query parameters of a list, with `limit`. */
  async read<Row>(resource: Resource, query: string): Promise<Row[]> {
    const whole = this.#at(resource, query)
    const plan = planList(resource, checkQuery(listParameters(resource), readQuery(whole)))
    const [row] = await queryDocuments<{ records: string | null; current: boolean }>(
      this.#registry,
      (options) => listStatement(plan, undefined, options),
    )
    const text = row?.records ?? ''
    return JSON.parse(`[${await addCounts(this.#registry, resource, plan.representation, text, this.#asOf)}]`)
  }

  #at(resource: Resource, query: string): string {
    return queryAt(resource, query, this.#asOf)
  }
}
