import { didYouMeanSentence } from '../../../../problems/suggest.ts'
import type { FileToRead, OpenFile } from '../file.ts'
import { openTable, Table } from '../table.ts'
import { unreadableFile } from '../unreadable-file.ts'
import { openArchive } from './archive.ts'
import { readDateStyles, readSharedStrings, readWorkbook, type Sheet } from './parts.ts'
import { readSheet } from './sheet.ts'

/** Opens an XLSX file (ECMA-376). Cells with a date format are dates. @throws Problem when it cannot be read. */
export async function openXlsx({ path, options }: FileToRead): Promise<OpenFile> {
  const archive = await openArchive(path)
  try {
    const { sheets, date1904 } = await readWorkbook(archive)
    const sheet = findSheet(sheets, options.sheet)
    const strings = await readSharedStrings(archive)
    const dateStyles = await readDateStyles(archive)
    const table = new Table(options, {
      locate: (number) => `sheet ${sheet.name}, row ${number}`,
      omitsEmptyCells: true,
      hint: 'Name these columns in the header, or remove the values.',
    })
    // A note about formulas is added while the rows are read.
    const notes: string[] = []
    let isNoted = false
    const cells = readSheet(archive, sheet.entry, { strings, dateStyles, date1904 }, (cell) => {
      if (!isNoted) notes.push(noStoredValue(cell))
      isNoted = true
    })
    const rows = await openTable(table, cells)
    const names = sheets.map(({ name }) => name)
    if (names.length > 1 && options.sheet === undefined) {
      notes.push(
        `The file has ${names.length} sheets, of which the first is read. To read another sheet, set rows.sheet in the mapping.`,
      )
    }
    return {
      fileInfo: { format: 'xlsx', sheet: sheet.name, sheets: names, columns: table.columns, notes },
      rows,
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

const noStoredValue = (cell: string) =>
  `The formula of the cell ${cell} has no stored value: this cell and others like it are read as empty. Open the file in a spreadsheet program, and save it again.`

function findSheet(sheets: readonly Sheet[], wanted: string | undefined): Sheet {
  const sheet = wanted === undefined ? sheets[0] : sheets.find(({ name }) => name === wanted)
  if (sheet) return sheet
  if (wanted === undefined) throw unreadableFile('The XLSX file has no sheet.')
  const names = sheets.map(({ name }) => name)
  throw unreadableFile(didYouMeanSentence(`The file has no sheet "${wanted}"`, wanted, names))
}
