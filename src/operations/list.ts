import type { Resource } from '../model/resource.ts'
import { listedOperators } from '../model/url-filters.ts'
import { listParameters, planList } from '../query/list.ts'
import { bodyTag, etagHeader, ifNoneMatch } from './entity-tags.ts'
import { acceptLanguage, contentLanguage, languageParameter } from './language.ts'
import type { ApiResponse, Operation } from './operation.ts'
import { keeping, linkHeader, localized, nextLink, pageText } from './page.ts'
import { notModified, pageSchema } from './response-schemas.ts'

/** `GET /v1/{resource}`: pages of the records that match the filters. */
export const list: Operation = {
  method: 'GET',

  contract: (resource: Resource) => ({
    operationId: `list${resource.plural}`,
    summary: `List ${resource.name.replaceAll('-', ' ')}`,
    description: 'A record must match all filters; a comma in a filter means any of the values.',
    path: '',
    of: 'all',
    access: 'read',
    query: { ...listParameters(resource), ...languageParameter('the names') },
    listedOperators: listedOperators.list,
    headers: [ifNoneMatch, acceptLanguage],
    answers: {
      200: {
        description: `A page of ${resource.name.replaceAll('-', ' ')}.`,
        schema: () => pageSchema(resource),
        headers: { etag: etagHeader, link: linkHeader, 'content-language': contentLanguage },
      },
      304: notModified,
    },
    problems: ['malformed-request', 'invalid-parameter', 'invalid-cursor', 'not-acceptable'],
  }),

  async handle(resource, request, context): Promise<ApiResponse> {
    const plan = planList(resource, request.query)
    const { body, next } = await pageText(plan, context, request.language)
    const headers = {
      etag: bodyTag(body),
      ...(next !== null && { link: nextLink(request.search, next) }),
      ...keeping(plan),
    }
    return localized(plan, { status: 200, headers, body }, request.language)
  },
}
