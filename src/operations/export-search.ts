import { pluralNoun } from '../model/resource.ts'
import { getRecordAsOf, recordAsOfParameter } from '../query/past.ts'
import { readSearchSelection } from '../query/search.ts'
import { searchBodySchemas } from '../query/search-schema.ts'
import { fileContract, fileParameters } from './exporting/contract.ts'
import { exportResponse } from './exporting/response.ts'
import { acceptLanguage } from './language.ts'
import type { Operation } from './operation.ts'

/** `POST /v1/{resource}/export`: a file of all records that match a filter expression. */
export const exportSearch: Operation = {
  method: 'POST',

  contract: (resource) => ({
    ...fileContract,
    operationId: `exportSearched${resource.plural}`,
    summary: `Export a search of ${pluralNoun(resource)}`,
    description: 'By a filter expression.',
    details: 'The expression is as in a search.',
    cost: 2,
    query: {
      ...fileParameters(resource),
      ...recordAsOfParameter,
    },
    headers: [acceptLanguage],
    body: {
      mediaTypes: ['application/json'],
      schema: () => searchBodySchemas(resource).selection,
      example: {},
    },
    problems: ['invalid-search', 'busy'],
  }),

  async handle(resource, request, context) {
    const selection = {
      ...readSearchSelection(resource, request.body),
      asOf: getRecordAsOf(request.query),
    }
    return exportResponse(selection, request, context)
  },
}
