import { autocommitReads } from '../../../database/database.ts'
import { keys } from '../../../model/keys.ts'
import { cursorParameter, limitParameter, singleValueParameter } from '../../../model/parameters.ts'
import { getLimit, getStringValues } from '../../../model/query-string.ts'
import { externalScheme } from '../../../model/schemas.ts'
import type { Endpoint } from '../../../operations/operation.ts'
import { pageOf } from '../../../operations/page-envelope.ts'
import { pageSize } from '../../../query/list.ts'
import { listImports, requireImport } from '../store.ts'
import {
  baseContract,
  importCollection,
  importPage,
  importSchema,
  importToJson,
  readProblems,
  tag,
} from './contract.ts'

/** `GET /v1/imports` */
export const listImportsEndpoint: Endpoint = {
  method: 'GET',
  path: '/v1/imports',
  tag,
  contract: {
    ...baseContract,
    operationId: 'listImports',
    summary: 'List imports',
    description: 'Imports, newest first.',
    query: {
      scheme: singleValueParameter(externalScheme(), 'The register that the files are from.'),
      limit: limitParameter('Imports per page', pageSize),
      cursor: cursorParameter(keys.uuid(), 'Cursor of the page: `page.next` of the page before.'),
    },
    responses: { 200: { description: 'A page of imports.', schema: () => importPage, headers: {} } },
  },
  async handle({ query }, { database }) {
    const limit = getLimit(query, pageSize)
    const [after] = getStringValues(query, 'cursor')
    const [scheme] = getStringValues(query, 'scheme')
    const found = await listImports(autocommitReads(database), { limit: limit + 1, after, scheme })
    const body = pageOf(found, limit, { toJson: importToJson, cursorOf: ({ id }) => id })
    return { status: 200, headers: {}, body }
  },
}

/** `GET /v1/imports/{id}` */
export const getImportEndpoint: Endpoint = {
  method: 'GET',
  path: '/v1/imports/{id}',
  tag,
  collection: importCollection,
  contract: {
    ...baseContract,
    operationId: 'getImport',
    summary: 'Read one import',
    description: 'The state of the import, its counts and its report.',
    responses: { 200: { description: 'The import.', schema: () => importSchema, headers: {} } },
    problems: readProblems,
  },
  async handle({ key }, { database }) {
    const job = await requireImport(autocommitReads(database), key)
    return { status: 200, headers: {}, body: importToJson(job) }
  },
}
