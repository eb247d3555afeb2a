import type { FileInfo } from '../types.ts'
import type { RowOptions } from './options.ts'

/** The columns of a file of refused rows (`rejected.csv`) in addition to those of the imported file. */
export const refusedRowColumns = [
  'import.row',
  'import.column',
  'import.reason',
  'import.suggestion',
] as const

/** Whether a table is a file of refused rows, which people have corrected and import again. */
export const isRefusedRowsFile = ({ columns }: Pick<FileInfo, 'columns'>): boolean =>
  refusedRowColumns.every((column) => columns.includes(column))

/**
 * Returns the options for reading a file of refused rows. The other options describe how the original file is written: this file has
 * its columns in the first row, and people may have saved it in another format.
 * @returns undefined if the options describe nothing else, so that the file is read with them as well.
 */
export function refusedRowsOptions({ groupBy, path, ...others }: RowOptions): RowOptions | undefined {
  if (Object.keys(others).length === 0) return undefined
  return groupBy === undefined ? {} : { groupBy }
}
