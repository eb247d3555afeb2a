import { formatPointer } from '../problems/faults.ts'
import { getRecordMoment, recordMomentParameter } from '../query/past.ts'
import { invalidSearch, planSearch, searchRequest } from '../query/search.ts'
import {
  exportDescription,
  exportFormats,
  exportHeaders,
  exportParameters,
  exportResponse,
  pagingFaults,
  pagingParameters,
  refusePer,
} from './export.ts'
import type { Operation } from './operation.ts'
import { keeping, pageText } from './page.ts'
import { pageSchema } from './response-schemas.ts'

/** Whether a body has a property that is not null. */
const isGiven = (body: unknown, name: string) => (Object(body)[name] ?? null) !== null

/** `POST /v1/{resource}/search`: pages of the records that match a boolean filter expression. */
export const search: Operation = {
  method: 'POST',

  contract: (resource) => ({
    operationId: `search${resource.plural}`,
    summary: `Search ${resource.name.replaceAll('-', ' ')}`,
    description: `A tree of \`and\`, \`or\`, \`not\`, comparisons by property, and \`some\`, \`none\`, \`every\` over lists inside the records, whose conditions hold for one and the same element. Everything that a list can be filtered by can be compared here; comparisons beside one another all hold. Each operator but \`in\` takes one value: several that all hold go into \`and\`. ${exportDescription}`,
    path: '/search',
    of: 'all',
    access: 'read',
    cost: 2,
    query: {
      ...exportParameters(resource),
      ...recordMomentParameter(`the ${resource.name.replaceAll('-', ' ')}`),
    },
    formats: exportFormats(resource),
    headers: [],
    body: {
      mediaTypes: ['application/json'],
      schema: () => searchRequest(resource),
      example: { sort: [{ by: resource.key.property, direction: 'desc' }], limit: 25 },
    },
    answers: {
      200: {
        description: `A page of ${resource.name.replaceAll('-', ' ')}.`,
        schema: () => pageSchema(resource),
        headers: exportHeaders,
      },
    },
    problems: [
      'malformed-request',
      'invalid-parameter',
      'invalid-search',
      'invalid-cursor',
      'not-acceptable',
      'too-large',
      'unsupported-media-type',
      'busy',
    ],
  }),

  async handle(resource, request, context) {
    const asOf = getRecordMoment(request.query)
    const plan = { ...planSearch(resource, request.body), ...(asOf !== undefined && { asOf }) }
    if (request.format !== 'json') {
      const faults = pagingFaults(
        pagingParameters.filter((name) => isGiven(request.body, name)),
        (name) => ({ pointer: formatPointer([name]) }),
      )
      if (faults.length > 0) throw invalidSearch(faults)
      return exportResponse(plan, request, context)
    }
    refusePer(plan, request)
    const { body } = await pageText(plan, context, { pointer: '/cursor' })
    return { status: 200, headers: keeping(plan), body }
  },
}
