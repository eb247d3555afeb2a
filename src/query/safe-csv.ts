import { stringify } from 'csv-stringify/sync'

/**
 * CSV in which no text is a formula: this prevents CSV injection (formula injection). A character that would make a spreadsheet
 * evaluate a cell gets an apostrophe before it, which makes the cell a text.
 */

/**
 * Where a spreadsheet looks for a formula: at the start of a cell, and after a `;`, at which some spreadsheets split cells
 * instead of at a comma. These do not recognize a quote after a comma as the start of a quoted cell. So to them, a line break in
 * the quoted text ends the row, and the text after it starts a cell.
 */
const cellStart = String.raw`(^|;[\s"]*|(?![\s"])(?<=[\r\n][ \t"]*))`

/**
 * The characters at which a spreadsheet may begin to evaluate a cell, as OWASP lists them for CSV injection. East Asian editions
 * of spreadsheets accept their full-width forms, too.
 */
export const formulaCharacters = ['=', '+', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠', '-']

/** Regular expression of one of these characters. The last one, a hyphen, means itself only at the end of the brackets. */
const formulaCharacter = `[${formulaCharacters.join('')}]`

/** Regular expression of the start of a formula, for PostgreSQL. */
export const formulaStart = `${cellStart}(${formulaCharacter})`

/** Regular expression of a `;` before a formula, for PostgreSQL. */
export const semicolonBeforeFormula = String.raw`;(?=[\s"]*${formulaCharacter})`

/** Apostrophes that are already before the character get one more, so that `unescapeFormulas` restores every text. */
const startToEscape = new RegExp(`${cellStart}('*${formulaCharacter})`, 'g')
const escapedStart = new RegExp(`${cellStart}'('*${formulaCharacter})`, 'g')

/** Returns the text of a cell that `safeCsv` has written. A text with no apostrophe before a formula stays as it is. */
export const unescapeFormulas = (cell: string): string => cell.replaceAll(escapedStart, '$1$2')

/**
 * Returns CSV (RFC 4180) of rows. A text that a spreadsheet would evaluate as a formula gets an apostrophe.
 * @param rows cells in order, or by the names of columns.
 * @param header whether the names of the columns are the first line.
 */
export const safeCsv = (
  rows: readonly (readonly unknown[] | Readonly<Record<string, unknown>>)[],
  { header = false }: { header?: boolean } = {},
): string =>
  stringify([...rows], {
    header,
    cast: { string: (text) => text.replaceAll(startToEscape, "$1'$2") },
    // csv-stringify itself does not quote a semicolon, and quotes a line break only if it is CRLF.
    quoted_match: /[;\r\n]/,
    record_delimiter: 'windows',
  })
