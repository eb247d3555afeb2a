import { aggregate } from './aggregate.ts'
import { bulk } from './bulk.ts'
import { create } from './create.ts'
import { duplicates } from './duplicates.ts'
import { exportList } from './export.ts'
import { exportSearch } from './export-search.ts'
import { history } from './history.ts'
import { importRecords } from './import.ts'
import { jsonld } from './jsonld.ts'
import { list } from './list.ts'
import { merge } from './merge.ts'
import type { Operation } from './operation.ts'
import { patch } from './patch.ts'
import { read } from './read.ts'
import { redact } from './redact.ts'
import { remove } from './remove.ts'
import { replace } from './replace.ts'
import { restore } from './restore.ts'
import { revision } from './revision.ts'
import { search } from './search.ts'
import { tableSchemaOperation } from './table-schema.ts'

/** The operations that every resource has. */
export const operations: readonly Operation[] = [
  list,
  search,
  aggregate,
  exportList,
  exportSearch,
  tableSchemaOperation,
  create,
  importRecords,
  bulk,
  duplicates,
  read,
  jsonld,
  replace,
  patch,
  remove,
  history,
  revision,
  restore,
  merge,
  redact,
]
