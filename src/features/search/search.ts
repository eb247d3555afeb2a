import { z } from 'zod'
import { otherNamesOfText } from '../../model/filters.ts'
import { limitParameter, singleValueParameter, valueListParameter } from '../../model/parameters.ts'
import { getLimit, getStringValues } from '../../model/query-string.ts'
import type { Registry } from '../../model/registry.ts'
import { registerResponseSchema } from '../../model/schema-names.ts'
import { ifNoneMatch, taggedResponse } from '../../operations/entity-tags.ts'
import type { Contract, Endpoint } from '../../operations/operation.ts'
import { pageEnvelope } from '../../operations/page-envelope.ts'
import { readRegistryAt } from '../../operations/past.ts'
import { readResponses } from '../../operations/response-schemas.ts'
import { getRecordAsOf, recordAsOfParameter } from '../../query/past.ts'
import { searchStatement } from './statement.ts'

/** Maximum length of a query, in characters. */
export const maxQueryLength = 200

/** Default and maximum number of hits in a response. */
export const hitLimits = { defaultSize: 20, maxSize: 100 } as const

/** Returns the schema of a text that can be searched for. @param maxLength in characters. */
export const searchedText = (maxLength: number) =>
  z.string().max(maxLength).regex(/\S/, { error: 'must contain a character other than white space' })

const q = searchedText(maxQueryLength).meta({ examples: ['pakstan'] })

const example = {
  resource: 'countries',
  key: 'PAK',
  title: 'Pakistan',
  matched: '巴基斯坦',
  snippet: '<mark>巴基斯坦</mark>',
  score: 1,
  link: '/v1/countries/PAK',
}

const makeHitSchema = (names: string[]) =>
  registerResponseSchema(
    'Hit',
    z
      .strictObject({
        resource: z.enum(names).meta({ description: 'Resource of the record.' }),
        key: z.string().meta({ description: 'Key of the record.' }),
        title: z
          .string()
          .meta({ description: 'Title or name of the record; for a citation, its excerpt or note.' }),
        matched: z
          .string()
          .nullable()
          .meta({ description: 'The name that matches, if it is not the title.' }),
        snippet: z.string().meta({
          description:
            'The name, or a part of the prose, as HTML: `<mark>` surrounds the match, and all text is escaped.',
        }),
        score: z.number().min(0).max(1).meta({
          description:
            '1: a name or code is the query; 0.98: a name is the query in another order of words, as in sorted lists, or except for an article, quotation marks around it or punctuation at its end; 0.97: a name is the query without a form of government (`Ireland` for `Ireland, Republic of`); from 0.75: the title begins with the query; from 0.5: the record has the words, or a Chinese name contains the query; less: a name is similar to the query or a part of it.',
        }),
        link: z.string().meta({ description: 'Path of the record.' }),
      })
      .meta({ description: 'A result of a search across resources.', examples: [example] }),
  )

const makePageSchema = (names: string[]) =>
  registerResponseSchema(
    'HitPage',
    z
      .strictObject({
        data: z.array(makeHitSchema(names)),
        page: z.strictObject({
          limit: z.int().min(1).meta({ description: 'Maximum number of hits in the response.' }),
          more: z.boolean().meta({ description: 'Whether there are more hits than `limit`.' }),
        }),
      })
      .meta({
        description: 'Results of a search across resources, best first.',
        examples: [{ data: [example], page: { limit: hitLimits.defaultSize, more: false } }],
      }),
  )

const makeContract = (names: string[], schema: () => z.ZodType): Contract => ({
  operationId: 'searchRegistry',
  summary: 'Search the whole registry',
  description:
    'Finds records of any resource by name, alias, code or words, ignoring case and accents. First come records with a name or code that is the query, then those with a name that is the query in another order of words, as in sorted lists (`Gambia The`), without punctuation around it, or without a form of government (`Ireland` for `Ireland, Republic of`), then titles that begin with the query, then words in names or prose (in web search syntax, beginnings of words included), then similar names. Chinese names are found by any part, and by a text that contains them. Weaker matches are searched only if better ones are too few. If more than 200 records of a resource have the words, or titles that begin with the text, 200 of them are ranked: add words, or use the list of the resource.',
  access: 'read',
  cost: 2,
  query: {
    q: {
      ...singleValueParameter(q, 'Text to search for.'),
      otherNames: otherNamesOfText,
      isRequired: true,
    },
    resource: valueListParameter(names, 'Resources to search, separated by commas; all when left out.'),
    limit: limitParameter('Hits in the response', hitLimits),
    ...recordAsOfParameter,
  },
  headers: [ifNoneMatch],
  responses: readResponses('The results, best first.', schema),
})

/** `GET /v1/search?q=`: finds records of all resources by name and words, best first. */
export function searchEndpoint({ resources }: Registry): Endpoint {
  const names = resources.map(({ name }) => name)
  const pageSchema = makePageSchema(names)
  return {
    method: 'GET',
    path: '/v1/search',
    tag: 'registry',
    contract: makeContract(names, () => pageSchema),

    async handle(request, context) {
      const [text = ''] = getStringValues(request.query, 'q')
      const limit = getLimit(request.query, hitLimits)
      const resourceNames = getStringValues(request.query, 'resource')
      const plan = {
        q: text,
        resources: resources.filter(({ name }) => resourceNames.length === 0 || resourceNames.includes(name)),
        limit,
        asOf: getRecordAsOf(request.query),
      }
      const rows = await readRegistryAt(plan.asOf, context, (tx) =>
        tx.query<{ document: string }>(searchStatement(plan)),
      )
      const data = rows.slice(0, limit).map(({ document }) => document)
      return taggedResponse(pageEnvelope(data.join(','), { limit, more: rows.length > limit }))
    },
  }
}
