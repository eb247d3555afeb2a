import { pluralNoun, type Resource } from '../model/resource.ts'
import { listParameters, planList } from '../query/list.ts'
import { ifNoneMatch } from './entity-tags.ts'
import { acceptLanguage, contentLanguage, languageParameter } from './language.ts'
import type { Operation } from './operation.ts'
import { linkHeader, pageHeaders, pageResponse } from './page.ts'
import { pageSchema, readResponses } from './response-schemas.ts'

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
    responses: readResponses(`A page of ${pluralNoun(resource)}.`, () => pageSchema(resource), {
      link: linkHeader,
      'content-language': contentLanguage,
    }),
    problems: ['invalid-cursor'],
  }),

  async handle(resource, request, context) {
    const plan = planList(resource, request.query)
    const language = plan.representation.names ? request.language : undefined
    return pageResponse(plan, context, request.language, (body, next) =>
      pageHeaders(body, next, request.queryString, language),
    )
  },
}
