import { type SQL, sql } from 'drizzle-orm'
import { type PgColumn, text, uuid } from 'drizzle-orm/pg-core'
import { snakeCase } from '../../database/columns.ts'
import { withPositions } from '../../database/rows.ts'
import { defineField, type FieldContext, type FieldRows, type Roles } from '../field.ts'
import { includedRecords } from '../includes.ts'
import { columnList, jsonRows } from '../json.ts'
import { listQuery, listRows } from '../list-rows.ts'
import { participantCollection, partyCollection } from '../participants/collection.ts'
import { participantDimensions } from '../participants/dimensions.ts'
import { participantFilters } from '../participants/filters.ts'
import { countriesProperty, participantValues } from '../participants/multi-values.ts'
import { participantsSchema, partiesSchema } from '../participants/schema.ts'
import type { Include } from '../resource.ts'

const participantProperties = ['country', 'organization', 'region', 'role', 'contribution']
const partyProperties = [...participantProperties, 'signatory']

const pick = (value: Record<string, unknown>, properties: string[]) =>
  Object.fromEntries(properties.map((property) => [property, value[property] ?? null]))

type Participant = Record<string, unknown>
type Party = Participant & { actions: Record<string, unknown>[] }

const participantRows = ({ registry, resource }: FieldContext): FieldRows<Participant[]> =>
  listRows(registry.shared.participations, (participant) => pick(participant, participantProperties), {
    resource,
  })

function partyRows({ registry, resource }: FieldContext): FieldRows<Party[]> {
  const { participations, participationActions } = registry.shared
  const { tables, split } = listRows(participations, (party: Party) => pick(party, partyProperties), {
    resource,
  })
  return {
    tables: [...tables, { table: participationActions, recordId: participationActions.record }],
    split: (values) => [
      ...split(values),
      {
        table: participationActions,
        rows: values.flatMap(({ id, value }) =>
          value.flatMap(({ actions }, party) => withPositions(actions, { record: id, party })),
        ),
      },
    ],
  }
}

/** Includes of the countries, organizations and regions that participate in a record, by include name. */
function participantIncludes({ recordId, registry }: FieldContext): Record<string, Include> {
  const { participations } = registry.shared
  const included = (name: string, column: PgColumn) => {
    const resource = registry.get(name)
    const chosen = sql`${resource.key.column} in (select ${column} from ${participations} where ${participations.record} = ${recordId})`
    return includedRecords(resource, `the ${name} that take part.`, chosen)
  }
  return {
    countries: included('countries', participations.country),
    organizations: included('organizations', participations.organization),
    regions: included('regions', participations.region),
  }
}

const organizationsProperty = 'participatingOrganizations'

/**
 * The columns with the distinct countries and organizations that take part, so that reads of all records need not remove
 * duplicates. PostgreSQL adds the countries of the organizations (`migrations/0020_participating-organizations.sql`).
 */
const storage = {
  columns: () => ({
    [countriesProperty]: text(snakeCase(countriesProperty)).array().notNull().default(sql`'{}'::text[]`),
    [organizationsProperty]: uuid(snakeCase(organizationsProperty))
      .array()
      .notNull()
      .default(sql`'{}'::uuid[]`),
  }),
  toColumns: (value: Participant[]) => ({
    [countriesProperty]: distinctKeys(value, 'country'),
    [organizationsProperty]: distinctKeys(value, 'organization'),
  }),
}

const distinctKeys = (participants: Participant[], property: 'country' | 'organization'): string[] =>
  [...new Set(participants.flatMap(({ [property]: key }) => (typeof key === 'string' ? [key] : [])))].sort()

const query = (context: FieldContext, roles: Roles) => {
  const multiValues = participantValues(context, roles)
  return {
    filters: participantFilters(context, roles, multiValues),
    dimensions: participantDimensions(context.registry, multiValues, roles),
    includes: () => participantIncludes(context),
  }
}

function participantJson(context: FieldContext): SQL {
  const { participations } = context.registry.shared
  return jsonRows(listQuery(participations, columnList(participations, participantProperties), context))
}

function partyJson(context: FieldContext): SQL {
  const { participations, participationActions: actions } = context.registry.shared
  const actionsJson = jsonRows(
    sql`select ${columnList(actions, ['kind', 'date', 'note'])} from ${actions} where ${actions.record} = ${participations.record} and ${actions.party} = ${participations.position} order by ${actions.position}`,
  )
  const columns = sql`${columnList(participations, partyProperties)}, ${actionsJson} as actions`
  return jsonRows(listQuery(participations, columns, context))
}

/**
 * The participants of a record: countries, organizations and regions, each in a role.
 * @param schemaName name of the component schema of one participant.
 */
export const participants = (schemaName: string, roles: Roles) =>
  defineField({
    capability: { kind: 'participants', roles, areParties: false },
    schema: (registry) => participantsSchema(registry, schemaName, roles),
    ...storage,
    json: participantJson,
    rows: participantRows,
    query: (context) => ({
      ...query(context, roles),
      collections: () => ({ [context.name]: participantCollection(context.registry, roles) }),
    }),
  })

/**
 * The parties of a record, such as an agreement: participants, each with its signatory and its dated actions.
 * @param schemaName name of the component schema of one party.
 */
export const parties = (schemaName: string, roles: Roles) =>
  defineField({
    capability: { kind: 'participants', roles, areParties: true },
    schema: (registry) => partiesSchema(registry, schemaName, roles),
    ...storage,
    json: partyJson,
    rows: partyRows,
    query: (context) => ({
      ...query(context, roles),
      collections: () => ({ [context.name]: partyCollection(context.registry, roles) }),
    }),
  })
