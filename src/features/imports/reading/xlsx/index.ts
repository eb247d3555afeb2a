import { didYouMeanSentence } from '../../../../problems/suggest.ts'
import { quoteList } from '../../../../wording.ts'
import { type FileToRead, type OpenFile, unreadableFile } from '../file.ts'
import { openTable } from '../table.ts'
import { openArchive } from './archive.ts'
import { readNumberFormats, readSharedStrings, readWorkbook, type Sheet } from './parts.ts'
import { readSheet } from './sheet.ts'

/**
 * Opens an XLSX file (ECMA-376). Percentages and leading zeros are read as the sheet shows them, but decimals that it hides are
 * kept. Dates become texts in ISO 8601. Other formats of numbers are ignored.
 * @throws Problem when the file cannot be read.
 */
export async function openXlsx({ path, options }: FileToRead): Promise<OpenFile> {
  const archive = await openArchive(path)
  try {
    const { sheets, dateSystem } = await readWorkbook(archive)
    const sheet = findSheet(sheets, options.sheet)
    const strings = await readSharedStrings(archive)
    const formats = await readNumberFormats(archive)
    // Notes about cells are added while the rows are read.
    const notes: string[] = []
    const cells = readSheet(archive, sheet.entry, { strings, formats, dateSystem }, notes)
    const { columns, rows } = await openTable(cells, options, {
      subject: `The sheet "${sheet.name}"`,
      headerHint: otherSheetsHint(sheets.filter((other) => other !== sheet)),
      locate: (number) => `sheet ${sheet.name}, row ${number}`,
      omitsEmptyCells: true,
      hint: 'Name these columns in the header, or remove the values.',
    })
    if (columns.length === 1) notes.push(oneColumnNote)
    const visibleCount = visibleSheets(sheets).length
    if (visibleCount > 1 && options.sheet === undefined) {
      notes.push(
        `The file has ${visibleCount} visible sheets, of which the first is read. To read another sheet, set rows.sheet in the mapping.`,
      )
    }
    return {
      fileInfo: { format: 'xlsx', sheet: sheet.name, dateSystem, columns, notes },
      batches: rows,
      close: async () => {
        await cells.return()
        archive.close()
      },
    }
  } catch (error) {
    archive.close()
    throw error
  }
}

const oneColumnNote =
  'The sheet has one column only. If it should have more, set rows.header in the mapping to the row with the column names.'

const visibleSheets = (sheets: readonly Sheet[]) => sheets.filter(({ isHidden }) => !isHidden)

/** Maximum number of sheets that a hint names. */
const maxNamedSheets = 5

/** Returns a sentence, after a space, about the other sheets, one of which may have the rows; an empty text if there are none. */
const otherSheetsHint = (others: readonly Sheet[]): string => {
  if (others.length === 0) return ''
  const names = quoteList(others.slice(0, maxNamedSheets).map(({ name }) => name))
  return ` To read another sheet, set rows.sheet in the mapping, such as to ${names}.`
}

/** Returns the sheet that the mapping names, even if it is hidden, or the first visible one. */
function findSheet(sheets: readonly Sheet[], wanted: string | undefined): Sheet {
  const sheet = wanted === undefined ? visibleSheets(sheets)[0] : sheets.find(({ name }) => name === wanted)
  if (sheet) return sheet
  const [first] = sheets
  if (wanted === undefined)
    throw unreadableFile(
      first
        ? `All sheets of the XLSX file are hidden. Set rows.sheet in the mapping to the name of the one to read, such as "${first.name}".`
        : 'The XLSX file has no sheet.',
    )
  const names = sheets.map(({ name }) => name)
  throw unreadableFile(didYouMeanSentence(`The file has no sheet "${wanted}"`, wanted, names))
}
