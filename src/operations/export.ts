import { readSelection, selectionParameters } from '../query/list.ts'
import { fileContract, fileDescription, fileParameters } from './exporting/contract.ts'
import { exportResponse } from './exporting/response.ts'
import { acceptLanguage } from './language.ts'
import type { Operation } from './operation.ts'

/** `GET /v1/{resource}/export`: a file of all records that match the filters. */
export const exportList: Operation = {
  method: 'GET',

  contract: (resource) => ({
    ...fileContract(resource),
    operationId: `export${resource.plural}`,
    summary: `Export ${resource.name.replaceAll('-', ' ')}`,
    description: `Every filter of the list can be used. ${fileDescription}`,
    query: { ...fileParameters(resource), ...selectionParameters(resource) },
    headers: [acceptLanguage],
    problems: ['malformed-request', 'invalid-parameter', 'not-acceptable', 'busy'],
  }),

  handle: async (resource, request, context) =>
    exportResponse(readSelection(resource, request.query), request, context),
}
