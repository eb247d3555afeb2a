import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { columnOf, snakeCase } from '../../database/columns.ts'
import { filterByDate } from '../date-filters.ts'
import type { Roles } from '../field.ts'
import {
  type Comparison,
  filterByAny,
  filterByCode,
  filterByText,
  filterByWords,
  hasWords,
} from '../filters.ts'
import { keys } from '../keys.ts'
import { lazy } from '../lazy.ts'
import { searchedLines } from '../names.ts'
import type { Registry } from '../registry.ts'
import { edtf } from '../schemas.ts'
import type { Collection } from '../searchable.ts'
import { actionKinds } from '../vocabularies.ts'

/** The comparison of searched words with the country, organization or region that takes part. */
function participantHasWords(registry: Registry): Comparison {
  const { country, organization, region } = registry.shared.participations
  const referring = Object.entries({ countries: country, organizations: organization, regions: region })
  const anyHolds = (holds: (words: ReturnType<typeof hasWords>) => SQL) => {
    const conditions = referring.map(([name, column]) => {
      const { naturalKey, fields } = registry.declaration(name)
      const table = registry.table(name)
      const words = hasWords(table, searchedLines(fields, snakeCase(name)))
      return sql`${column} in (select ${columnOf(table, naturalKey ?? 'id')} from ${table} where ${holds(words)})`
    })
    return sql.join(conditions, sql` or `)
  }
  return {
    takes: 'one',
    sql: (text, getOtherFilter) => anyHolds((words) => words.sql(text, getOtherFilter)),
    nonLatin: (text) => anyHolds((words) => words.nonLatin(text)),
  }
}

/** The participants of a record, for searches. All conditions must match the same participant. */
export function participantCollection(registry: Registry, roles: Roles): Collection {
  const { participations } = registry.shared
  return {
    description: 'Who takes part.',
    table: participations,
    parentKey: [participations.record],
    collections: () => ({}),
    filters: {
      country: filterByCode(participations.country, keys.country(), 'Country that takes part itself.'),
      organization: filterByCode(
        participations.organization,
        keys.uuid('organizations'),
        'Organization that takes part.',
      ),
      region: filterByAny(
        keys.region(),
        'Region that is or contains the country or region that takes part. Organizations do not match.',
        (values) =>
          sql`${participations.region} = any(array(select regions_within(${values}::text[]))) or ${participations.country} = any(array(select countries_within(${values}::text[])))`,
      ),
      organizationCountry: filterByAny(
        keys.country(),
        'Country of the organization that takes part.',
        (values) =>
          sql`${participations.organization} = any(array(select id from organizations where country = any(${values}::text[])))`,
      ),
      q: filterByWords(
        participantHasWords(registry),
        'Words in the names and aliases of the country, organization or region that takes part.',
      ),
      role: filterByCode(participations.role, z.enum(roles), 'Role of the participant.'),
      contribution: filterByText(participations.contribution, 'What the participant contributes.'),
    },
  }
}

/** The parties of a record: participants with their signatory and actions. */
export function partyCollection(registry: Registry, roles: Roles): Collection {
  const { participations, participationActions: actions } = registry.shared
  const participants = participantCollection(registry, roles)
  return {
    ...participants,
    description: 'Who is a party.',
    filters: {
      ...participants.filters,
      signatory: filterByText(participations.signatory, 'Who signed for the party.'),
    },
    keyForCollections: [participations.record, participations.position],
    collections: lazy(() => ({
      actions: {
        description: 'What the party did, and when.',
        table: actions,
        parentKey: [actions.record, actions.party],
        collections: () => ({}),
        filters: {
          kind: filterByCode(actions.kind, z.enum(actionKinds), 'What was done.'),
          date: filterByDate(actions, 'date', edtf('Date of the action.'), 'Date of the action.'),
        },
      },
    })),
  }
}
