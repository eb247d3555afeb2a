import type { Registry } from '../../../model/registry.ts'
import type { Endpoint } from '../../../operations/operation.ts'
import { createImportEndpoint } from './create.ts'
import { importEvents } from './events.ts'
import { importMapping } from './mapping.ts'
import { mappingSchemaEndpoint } from './mapping-schema.ts'
import { missingRecords } from './missing.ts'
import { decideNames, listNames, namesCsv } from './names.ts'
import { previewEndpoint } from './preview.ts'
import { getImportEndpoint, listImportsEndpoint } from './read.ts'
import { listImportedRecords } from './records.ts'
import { refusedRows } from './rejected.ts'
import { listFaultyRows } from './rows.ts'
import { commitImport, deleteImport, undoImportEndpoint } from './steps.ts'

/** The endpoints of imports. */
export const importEndpoints = (registry: Registry): Endpoint[] => [
  createImportEndpoint(registry),
  previewEndpoint(registry),
  listImportsEndpoint,
  mappingSchemaEndpoint(registry),
  getImportEndpoint,
  deleteImport,
  importEvents,
  importMapping,
  listFaultyRows,
  refusedRows,
  missingRecords(registry),
  listNames,
  namesCsv,
  decideNames(registry),
  listImportedRecords(registry),
  commitImport,
  undoImportEndpoint,
]
