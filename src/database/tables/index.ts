/** The tables that belong to no single resource. The tables of resources are generated from their declarations. */
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
