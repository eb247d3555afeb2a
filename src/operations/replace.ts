import { aNoun } from '../wording.ts'
import { inputSchema } from './body-schemas.ts'
import type { Operation } from './operation.ts'
import { changeContract, changeRecord } from './writing/change.ts'

/** `PUT /v1/{resource}/{key}`: replaces the whole document of a record. */
export const replace: Operation = {
  method: 'PUT',

  contract: (resource) => ({
    ...changeContract(resource),
    operationId: `replace${resource.singular}`,
    summary: `Replace ${aNoun(resource.noun)}`,
    description: 'Replaces the whole record.',
    details:
      'Omitted properties get their default (`visibility` stays). Values that the registry sets must not change.',
    body: {
      mediaTypes: ['application/json'],
      schema: () => inputSchema(resource),
    },
  }),

  handle: (resource, request, { database }) =>
    changeRecord(database, resource, request, 'replace', (_current, body) => body),
}
