import { z } from 'zod'
import { singleReads } from '../../../database/database.ts'
import type { Endpoint } from '../../../operations/operation.ts'
import { anyFile } from '../../../operations/operation.ts'
import { readImport } from '../store.ts'
import { common, keyed, noImport, ofOneImport, tag } from './contract.ts'

/** `GET /v1/imports/{id}/mapping.yaml` */
export const importMapping: Endpoint = {
  method: 'GET',
  path: '/v1/imports/{id}/mapping.yaml',
  tag,
  keyed,
  contract: {
    ...common,
    operationId: 'getImportMapping',
    summary: 'Read the mapping of an import',
    description: 'The mapping as it was sent, for the next import of the register.',
    mediaType: anyFile,
    answers: {
      200: {
        description: 'YAML (RFC 9512), or JSON, which is YAML as well.',
        schema: () => z.string().meta({ format: 'binary', description: 'The mapping.' }),
        headers: {},
      },
    },
    problems: ofOneImport,
  },
  async handle({ key }, { database }) {
    const imported = await readImport(singleReads(database), key)
    if (!imported) throw noImport(key)
    return {
      status: 200,
      headers: { 'content-disposition': `attachment; filename="${imported.scheme}.yaml"` },
      type: 'application/yaml; charset=utf-8',
      body: imported.mapping,
    }
  },
}
