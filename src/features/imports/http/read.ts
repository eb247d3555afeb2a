import { autocommitReads } from '../../../database/database.ts'
import { keys } from '../../../model/keys.ts'
import {
  cursorParameter,
  getStringValues,
  getValues,
  limitParameter,
  singleValueParameter,
} from '../../../model/parameters.ts'
import { externalScheme } from '../../../model/schemas.ts'
import type { Endpoint } from '../../../operations/operation.ts'
import { pageEnvelope } from '../../../operations/page-envelope.ts'
import { pageSize } from '../../../query/list.ts'
import { listImports, readImport } from '../store.ts'
import {
  baseContract,
  importCollection,
  importNotFound,
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
    description: 'All imports, newest first.',
    query: {
      scheme: singleValueParameter(externalScheme(), 'The register that the files are from.'),
      limit: limitParameter('Imports per page', pageSize),
      cursor: cursorParameter(keys.uuid(), 'Cursor of the page: `page.next` of the page before.'),
    },
    responses: { 200: { description: 'A page of imports.', schema: () => importPage, headers: {} } },
    problems: ['malformed-request', 'invalid-parameter', 'not-acceptable'],
  },
  async handle({ query }, { database }) {
    const limit = Number(getValues(query, 'limit')[0] ?? pageSize.defaultSize)
    const [after] = getStringValues(query, 'cursor')
    const [scheme] = getStringValues(query, 'scheme')
    const found = await listImports(autocommitReads(database), { limit: limit + 1, after, scheme })
    const data = found.slice(0, limit)
    const next = found.length > limit ? (data.at(-1)?.id ?? null) : null
    return { status: 200, headers: {}, body: pageEnvelope(data.map(importToJson).join(), { limit, next }) }
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
    const job = await readImport(autocommitReads(database), key)
    if (!job) throw importNotFound(key)
    return { status: 200, headers: {}, body: importToJson(job) }
  },
}
