/**
 * The tables that belong to no single resource, except those that are made from the declarations (`model/shared-tables.ts`). The
 * tables of resources are made from the declarations, too.
 */
export { idempotentRequests } from './idempotency.ts'
export {
  importDecisions,
  importFiles,
  importMissing,
  importNames,
  importRecords,
  importRows,
  imports,
} from './imports.ts'
export { keys } from './keys.ts'
export { records } from './records.ts'
export { revisions } from './revisions.ts'
export { settings } from './settings.ts'
