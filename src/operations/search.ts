import { pluralNoun } from '../model/resource.ts'
import { getRecordAsOf, recordAsOfParameter } from '../query/past.ts'
import { planSearch } from '../query/search.ts'
import { searchBodySchemas } from '../query/search-schema.ts'
import { acceptLanguage, contentLanguage, languageParameter } from './language.ts'
import type { Operation } from './operation.ts'
import { pageResponse } from './page.ts'
import { pageSchema } from './response-schemas.ts'

/** `POST /v1/{resource}/search`: pages of the records that match a filter expression. */
export const search: Operation = {
  method: 'POST',

  contract: (resource) => ({
    operationId: `search${resource.plural}`,
    summary: `Search ${pluralNoun(resource)}`,
    description: 'By a filter expression.',
    details:
      'A filter expression is a tree of `and`, `or`, `not`, comparisons, and `some`, `none`, `every` over lists inside the records. All conditions in one object must hold.',
    path: '/search',
    scope: 'collection',
    access: 'read',
    cost: 2,
    query: {
      ...languageParameter('the names'),
      ...recordAsOfParameter,
    },
    headers: [acceptLanguage],
    body: {
      mediaTypes: ['application/json'],
      schema: () => searchBodySchemas(resource).page,
      example: { sort: [{ by: resource.key.property, direction: 'desc' }], limit: 25 },
    },
    responses: {
      200: {
        description: `A page of ${pluralNoun(resource)}.`,
        schema: () => pageSchema(resource),
        headers: { 'content-language': contentLanguage },
      },
    },
    problems: ['invalid-search', 'invalid-cursor'],
  }),

  async handle(resource, request, context) {
    const plan = { ...planSearch(resource, request.body), asOf: getRecordAsOf(request.query) }
    return pageResponse(plan, context, request.language, () => ({}), { pointer: '/cursor' })
  },
}
