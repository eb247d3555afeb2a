import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { columnOf, textArray } from '../../database/columns.ts'
import type { FieldContext } from '../field.ts'
import { type GetOtherFilter, isInAny } from '../filters.ts'
import { belongsTo } from '../resource.ts'

/** The SQL conditions of filters by participant. Their values are arrays in SQL, such as codes of countries. */
export class ParticipantConditions {
  readonly #context: FieldContext
  readonly #hosts: ReturnType<FieldContext['registry']['hostCountries']>

  constructor(context: FieldContext) {
    this.#context = context
    this.#hosts = context.registry.hostCountries(context.resource)
  }

  /** Whether records of the resource have a host country or a location. */
  get hasHosts(): boolean {
    return this.#hosts.length > 0
  }

  /** The condition that a record has a participant that meets `condition`, in the role of the filter `role` if there is one. */
  withParticipant(condition: SQL, getOtherFilter: GetOtherFilter): SQL {
    return isInAny(this.#context.recordId, [this.#recordsWithParticipant(condition, getOtherFilter)])
  }

  /**
   * The condition that one of the countries, or an organization of one of them, takes part in a record, or that the record is
   * hosted by one of them or has a location there. With the filter `role`, hosts and locations do not count.
   */
  byCountries(countries: SQL, getOtherFilter: GetOtherFilter): SQL {
    return isInAny(this.#context.recordId, [
      this.#recordsWithParticipant(this.#fromCountries(countries), getOtherFilter),
      ...this.hostedIn(countries, getOtherFilter),
    ])
  }

  /**
   * The condition that a record belongs to one of the regions. A participant is the region itself, a region or country within it,
   * or an organization of such a country; or the host or a location of the record is such a country. With the filter `role`, hosts
   * and locations do not count. The countries of the filter `partnerOf` do not count.
   */
  withinRegions(codes: SQL, getOtherFilter: GetOtherFilter): SQL {
    const { participations } = this.#context.registry.shared
    const regions = sql`array(select regions_within(${codes}))`
    const countries = partnersAmong(sql`array(select countries_within(${codes}))`, getOtherFilter)
    const within = sql`${participations.region} = any(${regions}) or ${this.#fromCountries(countries)}`
    return isInAny(this.#context.recordId, [
      this.#recordsWithParticipant(within, getOtherFilter),
      ...this.hostedIn(countries, getOtherFilter),
    ])
  }

  /** Subqueries of the ids of records whose host or location is one of the countries; an empty list with the filter `role`. */
  hostedIn(countries: SQL, getOtherFilter: GetOtherFilter): SQL[] {
    if (getOtherFilter('role')) return []
    return this.#hosts.map(
      ({ record, country }) =>
        sql`select ${record} from ${country.table} where ${country} = any(${countries})`,
    )
  }

  #recordsWithParticipant(condition: SQL, getOtherFilter: GetOtherFilter): SQL {
    const { registry, resource } = this.#context
    const { participations } = registry.shared
    return sql`select ${participations.record} from ${participations} where (${condition}) and ${belongsTo(participations.resource, resource)}${andInRole(participations.role, getOtherFilter)}`
  }

  /**
   * The condition that a participant is one of the countries or one of their organizations. It has no join, so PostgreSQL can
   * estimate the number of matches, and start from the matching participants or from the records in order.
   */
  #fromCountries(countries: SQL): SQL {
    const { participations } = this.#context.registry.shared
    const organizations = this.#context.registry.table('organizations')
    return sql`${participations.country} = any(${countries}) or ${participations.organization} = any(array(select ${columnOf(organizations, 'id')} from ${organizations} where ${columnOf(organizations, 'country')} = any(${countries})))`
  }
}

/** SQL that continues a `where` clause: participants must have a role of the filter `role`, if there is one. */
export function andInRole(role: AnyPgColumn, getOtherFilter: GetOtherFilter): SQL {
  const roles = getOtherFilter('role')
  return roles ? sql` and ${role} = any(${textArray(roles)})` : sql``
}

/** Removes the countries of the filter `partnerOf` from `countries`, since the request asks for their partners. */
export function partnersAmong(countries: SQL, getOtherFilter: GetOtherFilter): SQL {
  const partnerOf = getOtherFilter('partnerOf')
  return partnerOf
    ? sql`array(select unnest(${countries}) except select unnest(${textArray(partnerOf)}))`
    : countries
}
