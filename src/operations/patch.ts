import { aNoun } from '../wording.ts'
import { patchSchema } from './body-schemas.ts'
import type { Operation } from './operation.ts'
import { changeContract, changeRecord } from './writing/change.ts'
import { mergePatch } from './writing/merge-patch.ts'

/** `PATCH /v1/{resource}/{key}`: applies a JSON merge patch. */
export const patch: Operation = {
  method: 'PATCH',

  contract: (resource) => ({
    ...changeContract(resource),
    operationId: `update${resource.singular}`,
    summary: `Change ${aNoun(resource.noun)}`,
    description: 'By a JSON merge patch (RFC 7396).',
    details:
      'Only properties that are sent change; null sets a property to its default, but leaves `visibility` as it is. Lists are replaced as a whole.',
    body: {
      mediaTypes: ['application/merge-patch+json', 'application/json'],
      schema: () => patchSchema(resource),
      example: Object.fromEntries(Object.entries(resource.example).slice(0, 1)),
    },
  }),

  handle: (resource, request, { database }) => changeRecord(database, resource, request, 'patch', mergePatch),
}
