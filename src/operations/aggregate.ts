import { z } from 'zod'
import type { Transaction } from '../database/database.ts'
import { otherLabel } from '../model/labels.ts'
import type { Resource } from '../model/resource.ts'
import { nameOutput } from '../model/schema-names.ts'
import {
  type AggregatePlan,
  aggregateParameters,
  measureNames,
  planAggregate,
  planOther,
} from '../query/aggregate.ts'
import { aggregateStatement } from '../query/aggregate-sql.ts'
import { etagHeader, ifNoneMatch, taggedResponse } from './entity-tags.ts'
import { acceptLanguage, contentLanguage, inLanguage, languageParameter } from './language.ts'
import type { ApiResponse, Context, Operation } from './operation.ts'
import { readRegistryAt, readSnapshotAt } from './past.ts'
import { memoizeByResource, notModified } from './response-schemas.ts'

const groupCount = nameOutput(
  'GroupCount',
  z
    .strictObject({
      count: z.int().min(0).meta({ description: 'Number of all groups, also of those beyond `limit`.' }),
      limit: z.int().min(1).meta({ description: 'Maximum number of groups in the response.' }),
    })
    .meta({ description: 'Number of groups.', examples: [{ count: 12, limit: 100 }] }),
)

/** Returns an example group by the first dimension of the resource. */
function exampleGroup(resource: Resource) {
  const [[dimension = '', definition] = []] = Object.entries(resource.dimensions)
  const known: Record<string, [string, string]> = { country: ['PAK', 'Pakistan'], region: ['142', 'Asia'] }
  const [value, label] = known[dimension] ?? ['other', 'Other']
  return { dimension, finds: definition?.groupFilter.filter ?? dimension, value, label }
}

const keysSchema = memoizeByResource((resource) => {
  const { dimension, value } = exampleGroup(resource)
  return nameOutput(
    `${resource.singular}GroupKey`,
    z
      .strictObject(
        Object.fromEntries(
          Object.keys(resource.dimensions).map((name) => [name, z.string().nullable().optional()]),
        ),
      )
      .meta({
        description: 'A text for each dimension of `groupBy`; null for records without a value.',
        examples: [{ [dimension]: value }],
      }),
  )
})

const labelsSchema = memoizeByResource((resource) => {
  const { dimension, label } = exampleGroup(resource)
  const labels = Object.keys(resource.dimensions).map((name) => [name, z.string().optional()])
  return nameOutput(
    `${resource.singular}GroupLabel`,
    z.strictObject(Object.fromEntries(labels)).meta({
      description: 'The label of each key, for people, in the language of the response.',
      examples: [{ [dimension]: label }],
    }),
  )
})

const measuresSchema = memoizeByResource((resource) =>
  nameOutput(
    `${resource.singular}Measures`,
    z
      .strictObject(
        Object.fromEntries(
          measureNames(resource).map((name) => [
            name,
            name.startsWith('count') ? z.int().min(0).optional() : z.number().nullable().optional(),
          ]),
        ),
      )
      .meta({
        description: 'A number for each of `measures`; null where no record of the group has a value.',
        examples: [{ count: 3 }],
      }),
  ),
)

/** Schema of the response of an aggregate. */
const aggregateSchema = memoizeByResource((resource) => {
  const { dimension, finds, value, label } = exampleGroup(resource)
  const example = {
    key: { [dimension]: value },
    label: { [dimension]: label },
    measures: { count: 3 },
    list: `/v1/${resource.name}?${finds}=${value}`,
  }
  const group = nameOutput(
    `${resource.singular}Group`,
    z
      .strictObject({
        key: keysSchema(resource),
        label: labelsSchema(resource),
        measures: measuresSchema(resource),
        list: z
          .string()
          .meta({ description: 'Path of the list request that returns exactly the records of the group.' }),
      })
      .meta({ description: 'Records that have the same keys.', examples: [example] }),
  )
  const other = nameOutput(
    `${resource.singular}OtherGroups`,
    z
      .strictObject({
        label: z.string().meta({ description: 'The label, for people, in the language of the response.' }),
        groups: z.int().min(1).meta({ description: 'Number of the groups that it stands for.' }),
        measures: measuresSchema(resource),
        list: z
          .string()
          .meta({ description: 'Path of the list request that returns exactly the counted records.' }),
      })
      .meta({
        description: 'All records with values beside those of the largest groups, each counted once.',
        examples: [
          {
            label: 'Other',
            groups: 12,
            measures: { count: 5 },
            list: `/v1/${resource.name}?${finds}%5BotherThan%5D=${value}`,
          },
        ],
      }),
  )
  return nameOutput(
    `${resource.singular}Aggregate`,
    z
      .strictObject({
        data: z.array(group),
        groups: groupCount,
        other: other.nullable().optional().meta({
          description:
            'With `top`: the records with values beside those of the largest groups; null if there are none.',
        }),
        total: z.int().min(0).meta({
          description:
            'Number of records that match the filters. A record in several groups is counted once.',
        }),
      })
      .meta({
        description: `Groups of ${resource.name.replaceAll('-', ' ')}.`,
        examples: [{ data: [example], groups: { count: 1, limit: 100 }, total: 3 }],
      }),
  )
})

interface Row {
  data: string
  groups: number
  total: number
}

const responseText = ({ data, groups, total }: Row, { limit }: AggregatePlan, other = ''): string =>
  `{"data":[${data}],"groups":${JSON.stringify({ count: groups, limit })},${other}"total":${total}}`

const none: Row = { data: '', groups: 0, total: 0 }

async function aggregateText(plan: AggregatePlan, context: Context): Promise<string> {
  const statement = aggregateStatement(plan)
  const [row = none] = await (plan.asOf === undefined
    ? context.database.read<Row>(statement, { wholeTables: true })
    : readRegistryAt(plan.asOf, context, (past) => past.query<Row>(statement)))
  return responseText(row, plan)
}

/** Groups as PostgreSQL writes them. */
interface Group {
  key: Record<string, string | null>
}

/** Returns the JSON of the group of all records with values beside those of the largest groups, or of null. */
async function otherText(plan: AggregatePlan, { data, groups }: Row, registry: Transaction): Promise<string> {
  const shown: Group[] = JSON.parse(`[${data}]`)
  const keys = shown.flatMap(({ key }) => Object.values(key)).filter((key) => key !== null)
  if (groups <= shown.length) return 'null'
  const [row = none] = await registry.query<Row>(aggregateStatement(planOther(plan, keys)))
  const label = JSON.stringify({ label: otherLabel[plan.language], groups: groups - shown.length })
  // The texts are joined, since JavaScript would round some sums.
  return `${label.slice(0, -1)},${row.data.slice(1)}`
}

/** Returns the largest groups and the others, from one snapshot. */
const largestText = (plan: AggregatePlan, context: Context): Promise<string> =>
  readSnapshotAt(plan.asOf, context, async (registry) => {
    const [row = none] = await registry.query<Row>(aggregateStatement(plan))
    return responseText(row, plan, `"other":${await otherText(plan, row, registry)},`)
  })

/** `GET /v1/{resource}/aggregate`: counts and sums of records by group. */
export const aggregate: Operation = {
  method: 'GET',

  contract: (resource) => ({
    operationId: `aggregate${resource.plural}`,
    summary: `Aggregate ${resource.name.replaceAll('-', ' ')}`,
    description:
      'Groups the matching records and counts them. Every filter of the list can be used. A record is counted once in each group whose values it has; records without a value are in the group null. Each group has the path of the list of its records.',
    path: '/aggregate',
    of: 'all',
    access: 'read',
    cost: 10,
    query: { ...aggregateParameters(resource), ...languageParameter('the labels') },
    headers: [ifNoneMatch, acceptLanguage],
    answers: {
      200: {
        description: `Groups of ${resource.name.replaceAll('-', ' ')}.`,
        schema: () => aggregateSchema(resource),
        headers: { etag: etagHeader, 'content-language': contentLanguage },
      },
      304: notModified,
    },
    problems: ['malformed-request', 'invalid-parameter', 'not-acceptable'],
  }),

  async handle(resource, request, context): Promise<ApiResponse> {
    const plan = planAggregate(resource, request.query, request.language)
    const body = await (plan.top === undefined ? aggregateText(plan, context) : largestText(plan, context))
    return inLanguage(taggedResponse(body), request.language)
  },
}
