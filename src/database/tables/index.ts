/** The tables that belong to no resource. Those of resources are made from their declarations. */
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
