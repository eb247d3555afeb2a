import { pointerOf } from '../problems/faults.ts'
import { recordMoment, recordMomentOf } from '../query/past.ts'
import { invalidSearch, planSearch, searchRequest } from '../query/search.ts'
import { pageOf } from './answers.ts'
import {
  exportAnswer,
  exportDescription,
  exportFormats,
  exportHeaders,
  exportParameters,
  paging,
  pagingFaults,
  requireNoRows,
} from './export.ts'
import type { Operation } from './operation.ts'
import { keeping, pageText } from './page.ts'

/** Whether a body has a property that is not null. */
const isGiven = (body: unknown, name: string) => (Object(body)[name] ?? null) !== null

/** `POST /v1/{resource}/search`: the records that a boolean tree of conditions matches, a page at a time. */
export const search: Operation = {
  method: 'POST',

  contract: (resource) => ({
    operationId: `search${resource.plural}`,
    summary: `Search ${resource.name.replaceAll('-', ' ')}`,
    description: `A tree of \`and\`, \`or\`, \`not\`, comparisons by property, and \`some\`, \`none\`, \`every\` over lists inside the records, whose conditions hold for one and the same element. Everything that a list can be filtered by can be compared here; comparisons beside one another all hold. Each operator but \`in\` takes one value: several that all hold go into \`and\`. ${exportDescription}`,
    path: '/search',
    of: 'all',
    access: 'read',
    query: { ...exportParameters(resource), ...recordMoment(`the ${resource.name.replaceAll('-', ' ')}`) },
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
        schema: () => pageOf(resource),
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
    const asOf = recordMomentOf(request.query)
    const plan = { ...planSearch(resource, request.body), ...(asOf !== undefined && { asOf }) }
    if (request.format !== 'json') {
      const faults = pagingFaults(
        paging.filter((name) => isGiven(request.body, name)),
        (name) => ({ pointer: pointerOf([name]) }),
      )
      if (faults.length > 0) throw invalidSearch(faults)
      return exportAnswer(plan, request, context)
    }
    requireNoRows(plan, request)
    const { body } = await pageText(plan, context, { pointer: '/cursor' })
    return { status: 200, headers: keeping(plan), body }
  },
}
