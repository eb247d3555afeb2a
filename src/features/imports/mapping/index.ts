import type { Registry } from '../../../model/registry.ts'
import { Problem } from '../../../problems/problem.ts'
import type { ConvertedRow, Row } from '../types.ts'
import type { CodeList } from './code-list.ts'
import { compileMapping } from './compile.ts'
import type { Mapping } from './types.ts'

export { CodeList } from './code-list.ts'
export { checkColumns } from './columns.ts'
export { type Companion, companionFiles, readCompanion } from './companions.ts'
export { mappingJsonSchema } from './json-schema.ts'
export { maxMappingLength, parseMapping } from './parse.ts'
export { mappingSchema } from './schema.ts'
export type { Mapping } from './types.ts'
export { createUsage, type Usage } from './usage.ts'

/**
 * Returns the function that makes drafts of rows.
 * @param mapping as `parseMapping` returns it.
 * @param context the registry, and the files beside the mapping by name.
 * @throws Problem of type invalid-mapping when a file beside it is missing, or has not the columns that it names.
 */
export function createConverter(
  mapping: Mapping,
  { registry, lists }: { registry: Registry; lists: ReadonlyMap<string, CodeList> },
): (row: Row) => ConvertedRow {
  const { convert, faults } = compileMapping(mapping, registry, lists)
  if (faults.count > 0) {
    throw new Problem('invalid-mapping', 'The mapping does not fit the files beside it.', { errors: faults })
  }
  return convert
}
