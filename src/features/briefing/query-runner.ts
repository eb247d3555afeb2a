import type { Transaction } from '../../database/database.ts'
import type { Language } from '../../model/languages.ts'
import { checkQuery, readQuery } from '../../model/parameters.ts'
import type { Resource } from '../../model/resource.ts'
import { queryDocuments } from '../../operations/records.ts'
import { aggregateParameters, planAggregate } from '../../query/aggregate.ts'
import { aggregateStatement } from '../../query/aggregate-sql.ts'
import { type ListPlan, listParameters, planList } from '../../query/list.ts'
import { momentName } from '../../query/past.ts'
import { countStatement, listStatement } from '../../query/sql.ts'

/** Groups of records, as an aggregate has them. */
export interface Groups {
  /** JSON texts of the groups, joined with commas. PostgreSQL writes them: JavaScript would round some sums. */
  data: string
  /** Number of all groups, also of those beyond the limit. */
  groups: number
  /** Number of distinct records. */
  total: number
}

/** A number of records and the list request that returns them. */
export interface Counted {
  count: number
  list: string
}

/** Runs the queries of clients in one snapshot: each number comes from the query string of the request that lists its records. */
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
    return `/v1/${resource.name}?${this.#at(resource, query)}`
  }

  /** Groups the records of a query. @param grouping parameters of the aggregate beside the filters. */
  async group(resource: Resource, query: string, grouping: string): Promise<Groups> {
    const raw = readQuery(this.#at(resource, `${query}&${grouping}`))
    const plan = planAggregate(resource, checkQuery(aggregateParameters(resource), raw), this.#language)
    const [row] = await this.#registry.query<Groups>(aggregateStatement(plan))
    return row ?? { data: '', groups: 0, total: 0 }
  }

  /** Counts the records of a query. @throws Problem `invalid-parameter` for a query that no list takes. */
  async count(resource: Resource, query: string): Promise<Counted> {
    const plan = this.#plan(resource, query)
    const [row] = await this.#registry.query<{ total: number }>(countStatement(plan))
    return { count: row?.total ?? 0, list: this.link(resource, query) }
  }

  /** Reads records. @param query parameters of a list, with `limit`. */
  async read<Row>(resource: Resource, query: string): Promise<Row[]> {
    const plan = this.#plan(resource, query)
    const [row] = await queryDocuments<{ records: string | null; current: boolean }>(
      this.#registry,
      (options) => listStatement(plan, undefined, options),
    )
    return JSON.parse(`[${row?.records ?? ''}]`)
  }

  #plan(resource: Resource, query: string): ListPlan {
    return planList(resource, checkQuery(listParameters(resource), readQuery(this.#at(resource, query))))
  }

  #at(resource: Resource, query: string): string {
    const parts = query === '' ? [] : [query]
    if (this.#asOf !== undefined) parts.push(`${momentName(resource)}=${encodeURIComponent(this.#asOf)}`)
    return parts.join('&')
  }
}
