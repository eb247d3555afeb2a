import type { Registry } from '../../../model/registry.ts'
import { Problem } from '../../../problems/problem.ts'
import { isRefusedRowsFile } from '../reading/refused-rows.ts'
import type { ConvertedRow, FileInfo, Row } from '../types.ts'
import { checkColumns } from './columns.ts'
import { type CompanionRows, companionName } from './companion-rows.ts'
import { compileMapping } from './compile.ts'
import type { Mapping } from './schema.ts'
import { UnusedColumnCounter } from './unused-columns.ts'

export { CompanionRows } from './companion-rows.ts'
export { checkCompanionNames, companionFiles, readCompanions } from './companions.ts'
export { mappingJsonSchema } from './json-schema.ts'
export { locateFaults } from './locate.ts'
export { checkMapping, parseMapping, parseStoredMapping, readRowOptions } from './parse.ts'
export type { Mapping } from './schema.ts'
export { type LocatedFault, maxMappingLength, type ParsedYaml, parseYaml } from './yaml.ts'

/** Converts the rows of a file by a mapping that has been checked against the files of the import. */
export interface RowConverter {
  /** Converts a row to drafts, or says why it is refused or skipped. */
  convert: (row: Row) => ConvertedRow
  /** Counts the rows with values that the mapping does not read. */
  unused: UnusedColumnCounter
  /** Notes about companion files whose encoding was guessed. */
  companionNotes: readonly string[]
  /**
   * Returns notes about rows of joined files that match no row, and about numbers and dates that may have been read wrongly. Call
   * it after all rows are converted.
   */
  getNotes: () => string[]
}

/**
 * Makes the converter of the rows of a file.
 * @param mapping as `parseMapping` returns it.
 * @param fileInfo what is known of the file with the rows.
 * @param companions the companion files by key (`companionKey`).
 * @throws Problem `invalid-mapping` when the mapping does not fit the files: for example, it names a column that a file lacks, or a
 *   companion file that is missing, or a code list has two values for a code.
 */
export function createConverter(
  mapping: Mapping,
  registry: Registry,
  fileInfo: FileInfo,
  companions: ReadonlyMap<string, CompanionRows>,
): RowConverter {
  const compiled = compileMapping(mapping, registry, { fileInfo, companions })
  const { convert, faults, columns, readPaths, numberNotations, dateNotations } = compiled
  checkColumns(mapping, columns, fileInfo)
  if (faults.count > 0) {
    throw new Problem('invalid-mapping', 'The mapping does not match the files given with it.', {
      errors: faults,
    })
  }
  const companionNotes = [...companions].flatMap(([key, { guessedEncoding }]) =>
    guessedEncoding === undefined
      ? []
      : `The encoding of the file ${companionName(key)} is most likely ${guessedEncoding}. If letters are wrong, save the file as UTF-8.`,
  )
  const describeUnmatched = () =>
    // A file of refused rows has only a part of the rows.
    isRefusedRowsFile(fileInfo)
      ? []
      : [...companions].flatMap(([key, rows]) => rows.describeUnmatched(companionName(key)) ?? [])
  const getNotes = () => [...describeUnmatched(), ...numberNotations.notes, ...dateNotations.notes]
  return {
    convert,
    unused: new UnusedColumnCounter(mapping, readPaths, fileInfo),
    // A file that is read in several ways has one note.
    companionNotes: [...new Set(companionNotes)],
    getNotes,
  }
}
