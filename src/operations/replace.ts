import { aNoun } from '../problems/suggest.ts'
import { replacementSchema } from './bodies.ts'
import type { Operation } from './operation.ts'
import { changeContract, changeRecord } from './writing/change.ts'

/** `PUT /v1/{resource}/{key}`: replaces the whole document of a record. */
export const replace: Operation = {
  method: 'PUT',

  contract: (resource) => ({
    ...changeContract(resource),
    operationId: `replace${resource.singular}`,
    summary: `Replace ${aNoun(resource.noun)}`,
    description:
      'The record becomes what is sent; what is left out becomes empty. A record can be sent back as it was read: what the registry sets must be unchanged or left out.',
    body: {
      mediaTypes: ['application/json'],
      schema: () => replacementSchema(resource),
      example: resource.example,
    },
  }),

  handle: (resource, request, { database }) =>
    changeRecord(database, resource, request, 'replace', (_current, body) => body),
}
