import { z } from 'zod'
import { autocommitReads } from '../../../database/database.ts'
import { type Endpoint, fileMediaType } from '../../../operations/operation.ts'
import { requireImport } from '../store.ts'
import { baseContract, importCollection, readProblems, tag } from './contract.ts'

/** `GET /v1/imports/{id}/mapping.yaml` */
export const importMapping: Endpoint = {
  method: 'GET',
  path: '/v1/imports/{id}/mapping.yaml',
  tag,
  collection: importCollection,
  contract: {
    ...baseContract,
    operationId: 'getImportMapping',
    summary: 'Read the mapping of an import',
    description: 'The text of the mapping. It can be used again for the next import of the register.',
    mediaType: fileMediaType,
    responses: {
      200: {
        description: 'YAML (RFC 9512), or JSON, which is YAML as well.',
        schema: () => z.string().meta({ format: 'binary', description: 'The mapping.' }),
        headers: {},
      },
    },
    problems: readProblems,
  },
  async handle({ key }, { database }) {
    const job = await requireImport(autocommitReads(database), key)
    return {
      status: 200,
      headers: { 'content-disposition': `attachment; filename="${job.scheme}.yaml"` },
      type: 'application/yaml; charset=utf-8',
      body: job.mapping,
    }
  },
}
