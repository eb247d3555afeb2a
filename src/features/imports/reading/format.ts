import type { FileFormat } from '../types.ts'
import { countNuls } from './encoding.ts'
import type { LocalFile } from './file.ts'
import { readBytes } from './file-bytes.ts'
import { unreadableFile } from './unreadable-file.ts'

const readableFormats = 'Only CSV, XLSX, JSON, NDJSON and XML can be read.'

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

/** Maximum size of the beginning of a file from which its format is detected, in bytes. */
const startBytes = 64 * 1024

/**
 * Returns the format of a file: the stated one if the mapping states one, otherwise the detected one.
 * @throws Problem when the file is empty, its format cannot be read, or it certainly has another format than the stated one. If
 * CSV or NDJSON is stated, the file is not examined.
 */
export async function requireFormat(file: LocalFile, stated?: FileFormat): Promise<FileFormat> {
  // Any text can be read as CSV, and each line of NDJSON that is not JSON has an error of its own.
  if (stated === 'csv' || stated === 'ndjson') return stated
  const detected = await detectFormat(file, stated)
  if (stated === undefined || stated === detected || (stated === 'json' && detected === 'ndjson'))
    return stated ?? detected
  const wanted = stated.toUpperCase()
  throw unreadableFile(
    `The file ${file.name} is ${detected.toUpperCase()}, but the mapping reads ${wanted} (rows.format). Choose a file in ${wanted}, or another mapping.`,
  )
}

/**
 * Detects the format of a file from its first bytes. JSON counts as NDJSON if the name of the file ends in `.ndjson` or
 * `.jsonl`, or if the first line is a complete value and an object follows it (`isNdjson`). Every ZIP archive counts as XLSX:
 * `readWorkbook` refuses the others.
 * @param stated the stated format. With `xml`, a web page is not refused.
 * @throws Problem when the file is empty or its format cannot be read.
 */
async function detectFormat({ path, name }: LocalFile, stated?: FileFormat): Promise<FileFormat> {
  const refuse = (detail: string) => unreadableFile(`The file ${name} ${detail}`)
  const start = await readBytes(path, 'start', startBytes)
  if (start.length === 0) throw refuse('is empty.')
  const hex = start.subarray(0, 8).toString('hex')
  const unsupported = unsupportedFormats.find(([first]) => hex.startsWith(first))
  if (unsupported) throw refuse(unsupported[1])
  if (hex.startsWith('504b0304') || hex.startsWith('504b0506')) return 'xlsx'
  const text = decodeStart(start).trimStart()
  if (stated !== 'xml' && /^<(!doctype html|html)/i.test(text)) {
    throw refuse(
      'is a web page (HTML) and not a data file. The download has most likely failed, or the saved link leads to a web page.',
    )
  }
  if (text.startsWith('<')) return 'xml'
  if (isBinary(start)) throw refuse(`is binary, and not text. ${readableFormats}`)
  if (!/^[[{]/.test(text)) return 'csv'
  if (/\.(ndjson|jsonl)$/i.test(name)) return 'ndjson'
  return isNdjson(text) ? 'ndjson' : 'json'
}

/** Bytes of the control characters that occur in texts: tab, line ends, form feed, end of file, escape. */
const textControls = new Set([9, 10, 12, 13, 26, 27])

/** Maximum share of control characters in a text, even a damaged one. NULs have at least this share in UTF-16. */
const maxControlShare = 0.02

/** Number of control characters that are always accepted, since in a short text even one exceeds the share. */
const acceptedControls = 10

/**
 * Whether a file is binary: it is not in UTF-16 or UTF-32, and has more control characters than a damaged text. In UTF-16,
 * control bytes are halves of characters, and nearly all NULs are at even positions, or nearly all at odd ones. NULs do not
 * count as control characters: `detectEncoding` refuses files with many of them, unless an encoding is stated.
 */
function isBinary(start: Buffer): boolean {
  if (/^(fffe|feff|0000feff)/.test(start.subarray(0, 4).toString('hex'))) return false
  const nuls = countNuls(start)
  const count = nuls.even + nuls.odd
  const isUtf16 = count >= start.length * maxControlShare && Math.min(nuls.even, nuls.odd) <= count / 20
  if (isUtf16) return false
  const controls = start.filter((byte) => byte > 0 && byte < 32 && !textControls.has(byte)).length
  return controls > Math.max(acceptedControls, start.length * maxControlShare)
}

/** Decodes the start of a file so that its ASCII characters can be recognized in any encoding. */
function decodeStart(start: Buffer): string {
  const isWide = start.subarray(0, 64).includes(0)
  return (isWide ? Buffer.from(start.filter((byte) => byte !== 0)) : start)
    .toString('latin1')
    .replace(/^(ï»¿|ÿþ|þÿ)/, '')
}

/** Whether the first line is a complete JSON value, and an object begins after it. */
function isNdjson(text: string): boolean {
  const end = text.indexOf('\n')
  if (end === -1 || !text.slice(end).trimStart().startsWith('{')) return false
  try {
    JSON.parse(text.slice(0, end))
    return true
  } catch {
    return false
  }
}
