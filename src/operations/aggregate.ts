import { z } from 'zod'
import type { Transaction } from '../database/database.ts'
import { groupingSettings, wholeTableSettings } from '../database/reading-settings.ts'
import { otherLabel } from '../model/labels.ts'
import { pluralNoun } from '../model/resource.ts'
import { registerResponseSchema } from '../model/schema-names.ts'
import { documentedOperators } from '../model/url-filters.ts'
import { type AggregatePlan, aggregateParameters, planAggregate, planOther } from '../query/aggregate.ts'
import { aggregateStatement } from '../query/aggregate-sql.ts'
import { ifNoneMatch, taggedResponse } from './entity-tags.ts'
import { groupExample, groupSchema } from './group-schema.ts'
import { acceptLanguage, contentLanguage, languageParameter, withLanguageHeaders } from './language.ts'
import type { ApiResponse, Context, Operation } from './operation.ts'
import { readRegistryAt, readSnapshotAt } from './past.ts'
import { readResponses } from './response-schemas.ts'

const groupCount = registerResponseSchema(
  'GroupCount',
  z
    .strictObject({
      count: z.int().min(0).meta({ description: 'Number of groups, including those beyond `limit`.' }),
      limit: z.int().min(1).meta({
        description:
          'Maximum number of groups in the response. With `top`, the group of records without a value may be added.',
      }),
    })
    .meta({ description: 'Number of groups.', examples: [{ count: 12, limit: 100 }] }),
)

const otherSchema = registerResponseSchema(
  'OtherGroups',
  z
    .strictObject({
      label: z.string().meta({ description: 'The label, for people, in the language of the response.' }),
      groups: z.int().min(1).meta({ description: 'Number of combined groups.' }),
      measures: groupSchema.shape.measures,
      list: z
        .string()
        .meta({ description: 'Path of the list request that returns exactly the counted records.' }),
    })
    .meta({
      description: 'All records with values outside the largest groups, each counted once.',
      examples: [
        {
          label: 'Other',
          groups: 12,
          measures: { count: 5 },
          list: '/v1/agreements?country%5BotherThan%5D=PAK',
        },
      ],
    }),
)

const aggregateSchema = registerResponseSchema(
  'Aggregate',
  z
    .strictObject({
      data: z.array(groupSchema),
      groups: groupCount,
      other: otherSchema.nullable().optional().meta({
        description:
          'With `top`: the records with values outside the largest groups; null if there are none.',
      }),
      total: z.int().min(0).meta({
        description: 'Number of records that match the filters. A record in several groups is counted once.',
      }),
    })
    .meta({
      description: 'Groups of records.',
      examples: [{ data: [groupExample], groups: { count: 1, limit: 100 }, total: 3 }],
    }),
)

/** The row of an aggregate. */
export interface AggregateRow {
  /** JSON texts of the groups, joined with commas. PostgreSQL writes them: JavaScript would round some sums. */
  data: string
  /** Number of all groups, including those beyond the limit. */
  groups: number
  /** Number of distinct records. */
  total: number
}

const responseJson = ({ data, groups, total }: AggregateRow, { limit }: AggregatePlan, other = ''): string =>
  `{"data":[${data}],"groups":${JSON.stringify({ count: groups, limit })},${other}"total":${total}}`

/** The row without groups and records. */
export const emptyRow: AggregateRow = { data: '', groups: 0, total: 0 }

async function aggregateJson(plan: AggregatePlan, context: Context): Promise<string> {
  const statement = aggregateStatement(plan)
  const [row = emptyRow] = await (plan.asOf === undefined
    ? context.database.read<AggregateRow>(statement, { setup: `${wholeTableSettings}; ${groupingSettings}` })
    : readRegistryAt(plan.asOf, context, (tx) => tx.query<AggregateRow>(statement)))
  return responseJson(row, plan)
}

/** A group in the JSON that PostgreSQL writes. */
interface Group {
  key: Record<string, string | null>
}

/** Returns the JSON of `other`: the records with values outside the largest groups; `null` if there are none. */
async function otherGroupsJson(
  plan: AggregatePlan,
  { data, groups }: AggregateRow,
  tx: Transaction,
): Promise<string> {
  const shown: Group[] = JSON.parse(`[${data}]`)
  if (groups <= shown.length) return 'null'
  const keys = shown.flatMap(({ key }) => Object.values(key)).filter((key) => key !== null)
  const [row = emptyRow] = await tx.query<AggregateRow>(aggregateStatement(planOther(plan, keys)))
  const head = JSON.stringify({ label: otherLabel[plan.language], groups: groups - shown.length })
  // The texts are joined, since JavaScript would round some sums.
  return `${head.slice(0, -1)},${row.data.slice(1)}`
}

/** Returns the JSON of the largest groups and of all other groups, from one snapshot. */
const topGroupsJson = (plan: AggregatePlan, context: Context): Promise<string> =>
  readSnapshotAt(
    plan.asOf,
    context,
    async (tx) => {
      const [row = emptyRow] = await tx.query<AggregateRow>(aggregateStatement(plan))
      return responseJson(row, plan, `"other":${await otherGroupsJson(plan, row, tx)},`)
    },
    plan.asOf === undefined ? groupingSettings : undefined,
  )

/** `GET /v1/{resource}/aggregate`: counts and sums of records by group. */
export const aggregate: Operation = {
  method: 'GET',

  contract: (resource) => ({
    operationId: `aggregate${resource.plural}`,
    summary: `Aggregate ${pluralNoun(resource)}`,
    description: 'Groups of the matching records.',
    details:
      'A record counts once in every group whose values it has. A dimension is a property, the year, decade or month of a date (null if the date spans several), or the values that the filter of the same name compares; `topic` and `sector` do not include narrower ones. A role grouped together with a country, region or organization belongs to the same participant, and kind, currency and year of amounts belong to the same amount. `countDistinct:…` is the number of values of a dimension in a group; `avg` is rounded to four decimals. All filters and operators of the list can be sent, including those not listed here.',
    path: '/aggregate',
    scope: 'collection',
    access: 'read',
    cost: 10,
    query: { ...aggregateParameters(resource), ...languageParameter('the labels') },
    documentedOperators: documentedOperators.aggregate,
    headers: [ifNoneMatch, acceptLanguage],
    responses: readResponses('Groups of records.', () => aggregateSchema, {
      'content-language': contentLanguage,
    }),
  }),

  async handle(resource, request, context): Promise<ApiResponse> {
    const plan = planAggregate(resource, request.query, request.language)
    const body = await (plan.top === undefined ? aggregateJson(plan, context) : topGroupsJson(plan, context))
    return withLanguageHeaders(taggedResponse(body), request.language)
  },
}
