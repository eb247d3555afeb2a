import type { Registry } from '../../../model/registry.ts'
import { Problem } from '../../../problems/problem.ts'
import type { ConvertedRow, Row } from '../types.ts'
import { compileMapping, type ImportedFiles } from './compile.ts'
import type { Mapping } from './schema.ts'

export { checkColumns } from './columns.ts'
export { CompanionRows, companionName } from './companion-rows.ts'
export { checkCompanions, companionFiles, readCompanion, readCompanions } from './companions.ts'
export { mappingJsonSchema } from './json-schema.ts'
export { locateFaults } from './locate.ts'
export { checkMapping, parseMapping, parseStoredMapping, readRowOptions } from './parse.ts'
export type { Mapping } from './schema.ts'
export { createUnusedColumnCounter, type UnusedColumnCounter } from './unused-columns.ts'
export { type LocatedFault, maxMappingLength, type ParsedYaml, parseYaml } from './yaml.ts'

/**
 * Returns the function that converts rows to drafts.
 * @param mapping as `parseMapping` returns it.
 * @param context the registry, and what is known of the imported files.
 * @throws Problem `invalid-mapping` when a companion file is missing, or lacks a column that the mapping names.
 */
export function createConverter(
  mapping: Mapping,
  { registry, ...files }: { registry: Registry } & ImportedFiles,
): (row: Row) => ConvertedRow {
  const { convert, faults } = compileMapping(mapping, registry, files)
  if (faults.count > 0) {
    throw new Problem('invalid-mapping', 'The mapping does not match the files given with it.', {
      errors: faults,
    })
  }
  return convert
}
