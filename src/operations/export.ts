import { listedOperators } from '../model/url-filters.ts'
import { readSelection, selectionParameters } from '../query/list.ts'
import { fileContract, fileDescription, fileParameters } from './exporting/contract.ts'
import { exportResponse } from './exporting/response.ts'
import { acceptLanguage } from './language.ts'
import type { Operation } from './operation.ts'

/** `GET /v1/{resource}/export`: a file of all records that match the filters. */
export const exportList: Operation = {
  method: 'GET',

  contract: (resource) => ({
    ...fileContract,
    operationId: `export${resource.plural}`,
    summary: `Export ${resource.name.replaceAll('-', ' ')}`,
    description: `Takes every filter and operator of the list, also those that are not listed here. ${fileDescription}`,
    query: { ...fileParameters(resource), ...selectionParameters(resource) },
    listedOperators: listedOperators.export,
    headers: [acceptLanguage],
    problems: ['malformed-request', 'invalid-parameter', 'not-acceptable', 'busy'],
  }),

  handle: async (resource, request, context) =>
    exportResponse(readSelection(resource, request.query), request, context),
}
