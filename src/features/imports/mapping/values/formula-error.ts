import { BadValue } from './bad-value.ts'

/** What spreadsheets show for a formula that failed. */
const formulaError = /^#(N\/A|REF!|VALUE!|DIV\/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!)$/

/** Returns what is wrong with a text that a spreadsheet shows for a formula that failed; undefined for any other text. */
export const findFormulaError = (text: string): BadValue | undefined =>
  formulaError.test(text)
    ? new BadValue(`${text} is what spreadsheets show for a formula that failed.`)
    : undefined
