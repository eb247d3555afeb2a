import { pluralNoun, type Resource } from '../model/resource.ts'
import { listParameters, planList } from '../query/list.ts'
import { etagHeader, ifNoneMatch } from './entity-tags.ts'
import { acceptLanguage, contentLanguage, languageParameter } from './language.ts'
import type { ApiResponse, Operation } from './operation.ts'
import { cacheHeaders, composePage, linkHeader, pageHeaders, withNamesLanguage } from './page.ts'
import { notModified, pageSchema } from './response-schemas.ts'

/** `GET /v1/{resource}`: pages of the records that match the filters. */
export const list: Operation = {
  method: 'GET',

  contract: (resource: Resource) => ({
    operationId: `list${resource.plural}`,
    summary: `List ${pluralNoun(resource)}`,
    description: 'Records that match all filters.',
    details:
      'Commas in a filter separate values; one must match. `q` has the syntax of web searches: `electric cars`, `"electric cars"`, `energy or climate`, `energy -coal`; accents don\'t matter. `sort` takes several keys, each with `-` for descending; dates sort by the earliest day that they can mean, and records without a value come last. `include` adds related records, as properties that the schema of the record describes; `include=names` adds the names of the records that the response refers to. `fields` is for clients without generated types, since the response then lacks required properties.',
    path: '',
    scope: 'collection',
    access: 'read',
    query: { ...listParameters(resource), ...languageParameter('the names') },
    headers: [ifNoneMatch, acceptLanguage],
    responses: {
      200: {
        description: `A page of ${pluralNoun(resource)}.`,
        schema: () => pageSchema(resource),
        headers: { etag: etagHeader, link: linkHeader, 'content-language': contentLanguage },
      },
      304: notModified,
    },
    problems: ['malformed-request', 'invalid-parameter', 'invalid-cursor', 'not-acceptable'],
  }),

  async handle(resource, request, context): Promise<ApiResponse> {
    const plan = planList(resource, request.query)
    const { body, next } = await composePage(plan, context, request.language)
    const { names } = plan.representation
    const headers = {
      ...pageHeaders(body, next, request.queryString, names ? request.language : undefined),
      ...cacheHeaders(plan),
    }
    return withNamesLanguage(plan, { status: 200, headers, body }, request.language)
  },
}
