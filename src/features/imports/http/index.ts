import type { Registry } from '../../../model/registry.ts'
import type { Endpoint } from '../../../operations/operation.ts'
import { createImportEndpoint } from './create.ts'
import { importEvents } from './events.ts'
import { mappingSchemaEndpoint } from './mapping-schema.ts'
import { decideNames, listNames, namesCsv } from './names.ts'
import { getImport, listImportsEndpoint } from './read.ts'
import { rejectedRows } from './rejected.ts'
import { commitImport, deleteImport, undoImportEndpoint } from './steps.ts'

/** The endpoints of imports. */
export const importEndpoints = (registry: Registry): Endpoint[] => [
  createImportEndpoint(registry),
  listImportsEndpoint,
  mappingSchemaEndpoint(registry),
  getImport,
  deleteImport,
  importEvents,
  rejectedRows,
  listNames,
  namesCsv,
  decideNames(registry),
  commitImport,
  undoImportEndpoint,
]
