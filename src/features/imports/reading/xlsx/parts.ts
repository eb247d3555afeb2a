import { posix } from 'node:path'
import { formatCount } from '../../../../format-count.ts'
import { unreadableFile } from '../file.ts'
import { readLimits } from '../limits.ts'
import { parseXml, type XmlHandlers } from '../xml-parser.ts'
import type { Archive } from './archive.ts'
import type { DateSystem } from './serial.ts'

/** The parts of an XLSX file (ECMA-376) except sheets: the workbook, its relationships, its styles and its shared strings. */

/** A sheet of a workbook. */
export interface Sheet {
  name: string
  /** Name of its entry in the archive. */
  entry: string
  isHidden: boolean
}

/** The content of `workbook.xml`. */
export interface Workbook {
  /** The sheets in the order of the workbook, without sheets that have only a chart or a dialog. */
  sheets: Sheet[]
  /** `1904` was the date system of old versions of Excel for the Macintosh. */
  dateSystem: DateSystem
}

/**
 * Parses a part of the archive. `handlers` get the names of elements without the namespace prefix that some programs write.
 * @param subject the part, for messages.
 * @returns a generator that yields after each chunk.
 * @throws Problem when the part is missing or malformed.
 */
export function parseInChunks(
  archive: Archive,
  entry: string,
  subject: string,
  handlers: Partial<XmlHandlers>,
) {
  const localName = (name: string) => name.slice(name.indexOf(':') + 1)
  return parseXml(subject, archive.read(entry), {
    open: (name, attributes) => handlers.open?.(localName(name), attributes),
    close: (name) => handlers.close?.(localName(name)),
    text: (text) => handlers.text?.(text),
  })
}

/** Parses a part of the archive to its end, like `parseInChunks`. */
async function parsePart(archive: Archive, entry: string, handlers: Partial<XmlHandlers>): Promise<void> {
  for await (const _ of parseInChunks(archive, entry, `${entry} in the XLSX file`, handlers)) {
    // The handlers collect what the part has.
  }
}

/** Reads the list of sheets. @throws Problem when the archive is not an XLSX file, or a part is missing or malformed. */
export async function readWorkbook(archive: Archive): Promise<Workbook> {
  const name = 'xl/workbook.xml'
  if (!archive.has(name)) {
    const kind = archive.has('content.xml')
      ? 'an OpenDocument file'
      : archive.has('xl/workbook.bin')
        ? 'an Excel binary workbook (XLSB)'
        : undefined
    throw unreadableFile(
      kind === undefined
        ? 'The file is a ZIP archive, and not XLSX. Extract the file with the rows from it, or save the table as XLSX or CSV.'
        : `The file is ${kind}, and not XLSX. Save the table as XLSX or CSV.`,
    )
  }
  const targets = await readTargets(archive)
  const sheets: Sheet[] = []
  let date1904 = false
  await parsePart(archive, name, {
    open(element, attributes) {
      if (element === 'workbookPr') date1904 = /^(1|true)$/.test(attributes.date1904 ?? '')
      if (element !== 'sheet') return
      const id = Object.entries(attributes).find(([attribute]) => /(^|:)id$/.test(attribute))?.[1] ?? ''
      const entry = targets.get(id)
      const isHidden = (attributes.state ?? 'visible') !== 'visible'
      if (entry !== undefined) sheets.push({ name: attributes.name ?? '', entry, isHidden })
    },
  })
  if (date1904) return { sheets, dateSystem: '1904' }
  return { sheets, dateSystem: (await isFromLibreOffice(archive)) ? 'libreoffice' : '1900' }
}

/** Whether LibreOffice has written the file, by the start of the part that names the program. */
async function isFromLibreOffice(archive: Archive): Promise<boolean> {
  const name = 'docProps/app.xml'
  if (!archive.has(name)) return false
  for await (const chunk of archive.read(name)) return chunk.includes('<Application>LibreOffice')
  return false
}

/** Matches the types of relationships to sheets that have no cells. */
const cellLessSheetType = /\/(chartsheet|dialogsheet)$/

/** Reads the names of the entries to which the workbook refers, except sheets without cells, by the id of the relationship. */
async function readTargets(archive: Archive): Promise<Map<string, string>> {
  const targets = new Map<string, string>()
  await parsePart(archive, 'xl/_rels/workbook.xml.rels', {
    open(_, { Id: id, Target: target, Type: type = '' }) {
      if (id === undefined || target === undefined || cellLessSheetType.test(type)) return
      targets.set(id, target.startsWith('/') ? target.slice(1) : posix.join('xl', target))
    },
  })
  return targets
}

/**
 * How a cell shows its number: as a date or a time of day (`date`), as a month with its year (`month`), as one of these by the
 * language of the program (`dateOrMonth`), as a year, as a percentage, or padded with zeros to `digits` digits. Undefined: in any
 * other way.
 */
export type NumberStyle =
  | 'date'
  | 'month'
  | 'dateOrMonth'
  | 'year'
  | 'percentage'
  | { digits: number }
  | undefined

/**
 * Built-in number formats that show a month with its year in the Chinese of China (27, 36, 50, 52, 57) or in Japanese (34, 52, 55),
 * and a day or a time in other languages (ECMA-376 part 1, 18.8.30). The file does not say which language the program has.
 */
const monthsOfLanguages = new Set([27, 34, 36, 50, 52, 55, 57])

/**
 * Returns the style of a built-in number format of ECMA-376. 45 to 47 are durations, which are read as numbers. The
 * parts of a date that 27 to 36 and 50 to 58 show depend on the language of the spreadsheet program.
 */
function builtInStyle(id: number): NumberStyle {
  if (id === 9 || id === 10) return 'percentage'
  if (id === 17) return 'month'
  if (monthsOfLanguages.has(id)) return 'dateOrMonth'
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58) ? 'date' : undefined
}

/** Maximum length of a format code in Excel. With a format of a megabyte of zeros, each cell would become a megabyte of text. */
const maxFormatLength = 255

/**
 * Returns the style of a format code, by its first section, which is for positive numbers. The section shows a date or a time of
 * day if, outside of quotes, escapes and brackets, it has `y`, `d`, `mmm`, or `h` with `m`.
 */
export function numberStyle(code: string): NumberStyle {
  const [positive = ''] = code.split(';')
  const letters = positive.replaceAll(/"[^"]*"|\\.|_.|\*.|\[[^\]]*(\]|$)/g, '').toLowerCase()
  if (/[yd]|mmm/.test(letters) || (letters.includes('h') && letters.includes('m'))) {
    if (!letters.includes('y') || /[dhsqw]/.test(letters)) return 'date'
    return letters.includes('m') ? 'month' : 'year'
  }
  if (letters.includes('%')) return 'percentage'
  return /^00+$/.test(letters) && letters.length <= maxFormatLength ? { digits: letters.length } : undefined
}

/**
 * Matches the signs and texts that a number format shows beside the number, as named groups. The parts that show nothing (padding,
 * colours, conditions) match without a group, so that their characters are not taken for signs.
 */
const shownParts =
  /_.|\*.|\[\$(?<sign>[^\]-]*)[^\]]*\]|\[[^\]]*\]|"(?<text>[^"]*)"|\\(?<letter>.)|(?<currency>\p{Sc})/gu

/** Returns the currency sign or unit that a format code shows beside a number, by its first section; an empty text if it shows none. */
export function numberUnit(code: string): string {
  // Longer codes are not those of spreadsheet programs, and might take long.
  if (code.length > maxFormatLength) return ''
  const [positive = ''] = code.split(';')
  const shown = [...positive.matchAll(shownParts)].map(({ groups = {} }) => Object.values(groups).join(''))
  // Chinese workbooks have `¥` and its full-width form `￥`.
  const unit = shown.join('').trim().normalize('NFKC')
  return /[\p{L}\p{Sc}]/u.test(unit) ? unit : ''
}

/** A number format: how it shows a number, and the currency sign or unit beside a number that is no date; empty if there is none. */
export interface NumberFormat {
  style: NumberStyle
  unit: string
}

/** Returns the number formats of cells, by the index of their style. @throws Problem when the part is malformed. */
export async function readNumberFormats(archive: Archive): Promise<NumberFormat[]> {
  const formats: NumberFormat[] = []
  if (!archive.has('xl/styles.xml')) return formats
  const customFormats = new Map<number, NumberFormat>()
  let inCellFormats = false
  await parsePart(archive, 'xl/styles.xml', {
    open(name, attributes) {
      if (name === 'numFmt') {
        const { numFmtId, formatCode = '' } = attributes
        const style = numberStyle(formatCode)
        const unit = style === undefined ? numberUnit(formatCode) : ''
        customFormats.set(Number(numFmtId), { style, unit })
      }
      if (name === 'cellXfs') inCellFormats = true
      if (name === 'xf' && inCellFormats) {
        const id = Number(attributes.numFmtId)
        formats.push(customFormats.get(id) ?? { style: builtInStyle(id), unit: '' })
      }
    },
    close(name) {
      if (name === 'cellXfs') inCellFormats = false
    },
  })
  return formats
}

/**
 * Reads the shared strings, to which cells refer by index. They are held in memory, so their size is limited.
 * @throws Problem when the part is malformed, or has too many strings or characters.
 */
export async function readSharedStrings(archive: Archive): Promise<string[]> {
  const strings: string[] = []
  if (!archive.has('xl/sharedStrings.xml')) return strings
  let characters = 0
  const reader = new RichTextReader()
  await parsePart(archive, 'xl/sharedStrings.xml', {
    open: (name) => reader.open(name),
    close(name) {
      reader.close(name)
      if (name !== 'si') return
      const text = reader.take()
      strings.push(text)
      characters += text.length
      const excess =
        characters > readLimits.sharedCharacters
          ? `${formatCount(readLimits.sharedCharacters)} characters of text`
          : strings.length > readLimits.sharedStrings &&
            `${formatCount(readLimits.sharedStrings)} shared strings`
      if (excess)
        throw unreadableFile(
          `The XLSX file has more than ${excess}. Save the sheet as CSV, which is read in chunks.`,
        )
    },
    text: (text) => reader.text(text),
  })
  return strings
}

/** Decodes the escapes, such as `_x000D_`, of characters that XML does not allow (ECMA-376 part 1, 22.9.2.19). */
export const decodeEscapes = (text: string): string =>
  text.includes('_x')
    ? text.replaceAll(/_x([0-9A-F]{4})_/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
    : text

/**
 * Appends a piece to the text of a cell. The XML parser limits only the text between two tags, and the text of a cell may
 * consist of many such pieces.
 * @throws Problem when the text is longer than a row may be.
 */
export function appendText(text: string, piece: string): string {
  if (text.length + piece.length > readLimits.rowCharacters) {
    throw unreadableFile(
      `A cell of the XLSX file has more than ${formatCount(readLimits.rowCharacters)} characters. Shorten its text.`,
    )
  }
  return text + piece
}

/** Collects the text of a cell or shared string from its runs, without phonetic runs (Japanese). */
export class RichTextReader {
  #text = ''
  #isOpen = false
  #isPhonetic = false

  open(name: string): void {
    if (name === 't') this.#isOpen = true
    if (name === 'rPh') this.#isPhonetic = true
  }

  close(name: string): void {
    if (name === 't') this.#isOpen = false
    if (name === 'rPh') this.#isPhonetic = false
  }

  text(text: string): void {
    if (this.#isOpen && !this.#isPhonetic) this.#text = appendText(this.#text, text)
  }

  /** Returns the text, with its escapes decoded, and resets it. */
  take(): string {
    const text = this.#text
    this.#text = ''
    return decodeEscapes(text)
  }
}
