import iconv from 'iconv-lite'
import type { FileFormat } from '../types.ts'
import { encodingOfStart, readableFormats, refuseBinary, requireEncoding, startBytes } from './encoding.ts'
import { type FileToRead, readBytes, unreadableFile } from './file.ts'

/** Formats that cannot be read: their first bytes in hexadecimal, and what the message says after the name of the file. */
const unsupportedFormats: [start: string, detail: string][] = [
  [
    'd0cf11e0',
    'is from an old version of Excel, or protected by a password. Save it as XLSX without a password.',
  ],
  ['1f8b', 'is compressed with gzip. Decompress it first.'],
  ['425a68', 'is compressed with bzip2. Decompress it first.'],
  ['fd377a585a', 'is compressed with xz. Decompress it first.'],
  ['25504446', `is a PDF. ${readableFormats}`],
  ['50415231', `is Parquet. ${readableFormats}`],
]

/**
 * The header of a table of dBASE or FoxPro in hexadecimal: version; year, month and day; number of records, sizes of the header
 * and of a record; two zero bytes.
 */
const dbaseHeader = /^(?:0[2-5]|3[0-2]|43|63|8[3bc]|cb|f5|fb)..(?:0[1-9a-c])(?:0[1-9a-f]|1[0-9a-f]).{16}0000/

/** The byte order mark of UTF-8 or UTF-16 in hexadecimal. */
const byteOrderMark = /^(?:efbbbf|fffe|feff)/

/**
 * Whether a file is a table of dBASE or FoxPro. A damaged one is recognized by its name and by control characters below tab, such as
 * NUL. A text in UTF-16 has these, too, so it needs a byte order mark or a stated encoding.
 */
const isDbase = (start: Buffer, name: string, isEncodingStated: boolean): boolean =>
  dbaseHeader.test(start.subarray(0, 16).toString('hex')) ||
  (/\.dbf$/i.test(name) &&
    !isEncodingStated &&
    !byteOrderMark.test(start.subarray(0, 3).toString('hex')) &&
    start.subarray(0, 512).some((byte) => byte < 9))

/** Files of office programs that are text: a pattern of the start of the file, and what the message says after its name. */
const officeFormats: [start: RegExp, detail: string][] = [
  [
    /^<(?:!doctype html|html|head|meta|style|table(?=[^<]*>\s*(?:<!--[\s\S]*?-->\s*)?<(?:t[rdh]|thead|tbody|tfoot|caption|col|colgroup)[\s/>]))(?=[\s>])/i,
    'is a web page (HTML) and not a data file. If it has a table, as many files named .xls do, open it in a spreadsheet program, and save it as XLSX. If it is XML, set rows.format to xml in the mapping. Otherwise, the download has most likely failed.',
  ],
  [
    /^MIME-Version:/i,
    'is a web archive (MHTML). Open it in a spreadsheet program, and save the table as XLSX.',
  ],
  [
    /^<.{0,2000}urn:schemas-microsoft-com:office:spreadsheet/s,
    'is an XML spreadsheet of Excel 2003. Save it as XLSX.',
  ],
  [/^\{\\rtf/, 'is a text document (RTF). Copy its table into a spreadsheet program, and save it as XLSX.'],
  [/^<.{0,2000}urn:oasis:names:tc:opendocument/s, 'is an OpenDocument file. Save the table as XLSX or CSV.'],
]

/**
 * Returns the format of a file: the stated one if the mapping states one, otherwise the detected one.
 * @throws Problem when the file is empty, its format cannot be read, or it certainly has another format than the stated one. If
 * CSV or NDJSON is stated, the file is not examined.
 */
export async function requireFormat(file: FileToRead): Promise<FileFormat> {
  const stated = file.options.format
  // Any text can be read as CSV, and each line of NDJSON that is not JSON has an error of its own.
  if (stated === 'csv' || stated === 'ndjson') return stated
  const detected = await detectFormat(file)
  if (stated === undefined || stated === detected || (stated === 'json' && detected === 'ndjson'))
    return stated ?? detected
  const wanted = stated.toUpperCase()
  throw unreadableFile(
    `The file ${file.name} is ${detected.toUpperCase()}, but the mapping reads ${wanted} (rows.format). Choose a file in ${wanted}, or another mapping.`,
  )
}

/**
 * Detects the format of a file from its first bytes. JSON counts as NDJSON if the name of the file ends in `.ndjson` or
 * `.jsonl`, or if its first lines are those of NDJSON (`isNdjson`). Every ZIP archive counts as XLSX: `readWorkbook` refuses the
 * others.
 * @throws Problem when the file is empty or its format cannot be read. `officeFormats` are not refused if the mapping states XML.
 */
async function detectFormat(file: FileToRead): Promise<FileFormat> {
  const { path, name, options } = file
  const refuse = (detail: string) => unreadableFile(`The file ${name} ${detail}`)
  const start = await readBytes(path, 'start', startBytes)
  if (start.length === 0) throw refuse('is empty.')
  const hex = start.subarray(0, 8).toString('hex')
  const unsupported = unsupportedFormats.find(([first]) => hex.startsWith(first))
  if (unsupported) throw refuse(unsupported[1])
  if (hex.startsWith('504b0304') || hex.startsWith('504b0506')) return 'xlsx'
  if (isDbase(start, name, options.encoding !== undefined))
    throw refuse('is a dBASE table (DBF). Open it in a spreadsheet program, and save it as XLSX.')
  const encoding =
    options.encoding === undefined ? encodingOfStart(start, file) : requireEncoding(options.encoding)
  // Only the ASCII characters matter.
  const text = iconv.decode(start, encoding ?? 'latin1').trimStart()
  const office = options.format === 'xml' ? undefined : officeFormats.find(([first]) => first.test(text))
  if (office) throw refuse(office[1])
  if (text.startsWith('<')) return 'xml'
  if (options.encoding !== undefined) refuseBinary(text, file)
  if (!/^[[{]/.test(text)) return 'csv'
  if (/\.(ndjson|jsonl)$/i.test(name)) return 'ndjson'
  return isNdjson(text) ? 'ndjson' : 'json'
}

/** Whether the first line is a complete JSON value, and an object begins after it, or a list after an object. */
function isNdjson(text: string): boolean {
  const end = text.indexOf('\n')
  const next = end === -1 ? undefined : text.slice(end).trimStart()[0]
  if (!(next === '{' || (next === '[' && text.startsWith('{')))) return false
  try {
    JSON.parse(text.slice(0, end))
    return true
  } catch {
    return false
  }
}
