import { pluralNoun } from '../model/resource.ts'
import { documentedOperators } from '../model/url-filters.ts'
import { readSelection, selectionParameters } from '../query/list.ts'
import { fileContract, fileParameters } from './exporting/contract.ts'
import { exportResponse } from './exporting/response.ts'
import { acceptLanguage } from './language.ts'
import type { Operation } from './operation.ts'

/** `GET /v1/{resource}/export`: a file of all records that match the filters. */
export const exportList: Operation = {
  method: 'GET',

  contract: (resource) => ({
    ...fileContract,
    operationId: `export${resource.plural}`,
    summary: `Export ${pluralNoun(resource)}`,
    description: 'All records that match all filters.',
    details:
      'The file has the whole result, as of one moment. A transfer that ends normally is complete. All filters and operators of the list can be sent, including those not listed here.',
    query: { ...fileParameters(resource), ...selectionParameters(resource, { isFile: true }) },
    documentedOperators: documentedOperators.export,
    headers: [acceptLanguage],
    problems: ['busy'],
  }),

  handle: async (resource, request, context) =>
    exportResponse(readSelection(resource, request.query), request, context),
}
