import { open } from 'node:fs/promises'
import type { FileInfo } from '../types.ts'
import { countNuls } from './encoding.ts'
import { unreadableFile } from './unreadable-file.ts'

type Format = FileInfo['format']

/** Formats that cannot be read, by their first bytes in hexadecimal. */
const unsupportedFormats: [start: string, detail: string][] = [
  [
    'd0cf11e0',
    'The file is from an old version of Excel, or protected by a password. Save it as XLSX without a password.',
  ],
  ['1f8b', 'The file is compressed with gzip. Decompress it first.'],
  ['425a68', 'The file is compressed with bzip2. Decompress it first.'],
  ['fd377a585a', 'The file is compressed with xz. Decompress it first.'],
  ['25504446', 'The file is a PDF. Only CSV, XLSX, JSON, NDJSON and XML can be read.'],
  ['50415231', 'The file is Parquet. Only CSV, XLSX, JSON, NDJSON and XML can be read.'],
]

/**
 * Detects the format of a file from its first bytes. A name that ends in `.ndjson` or `.jsonl` means NDJSON instead of JSON.
 * @throws Problem when the file is empty or its format cannot be read.
 */
export async function detectFormat(file: { path: string; name: string }): Promise<Format> {
  const start = await readStart(file.path)
  if (start.length === 0) throw unreadableFile(`The file ${file.name} is empty.`)
  const hex = start.subarray(0, 8).toString('hex')
  const fault = unsupportedFormats.find(([magic]) => hex.startsWith(magic))
  if (fault) throw unreadableFile(fault[1])
  if (hex.startsWith('504b0304') || hex.startsWith('504b0506')) return 'xlsx'
  const text = decodeStart(start).trimStart()
  if (/^<(!doctype html|html)/i.test(text)) {
    throw unreadableFile(
      'The file is a web page (HTML) and not a data file. The download has most likely failed, or an address of a page was saved.',
    )
  }
  if (text.startsWith('<')) return 'xml'
  if (isBinary(start)) {
    throw unreadableFile(
      'The file is binary, and not text. Only CSV, XLSX, JSON, NDJSON and XML can be read.',
    )
  }
  if (!/^[[{]/.test(text)) return 'csv'
  if (/\.(ndjson|jsonl)$/i.test(file.name)) return 'ndjson'
  return isNdjson(text) ? 'ndjson' : 'json'
}

async function readStart(path: string): Promise<Buffer> {
  const handle = await open(path)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** Bytes of the control characters that occur in texts: tab, line ends, form feed, end of file, escape. */
const textControls = new Set([9, 10, 12, 13, 26, 27])

/** Share of the bytes of a file. A text may have fewer control characters than this, as damage. UTF-16 has more NULs. */
const damageShare = 0.02

/** Number of control characters that any text may have: in a few pasted rows, one is already a large share. */
const smallDamage = 10

/**
 * Whether a file is binary: it has many control characters, and is not in UTF-16, in which such bytes are halves of
 * characters, and NULs are either at even or at odd positions.
 */
function isBinary(start: Buffer): boolean {
  if (/^(fffe|feff)/.test(start.subarray(0, 2).toString('hex'))) return false
  const nuls = countNuls(start)
  const count = nuls.even + nuls.odd
  const isUtf16 = count >= start.length * damageShare && Math.min(nuls.even, nuls.odd) <= count / 20
  if (isUtf16) return false
  const controls = start.filter((byte) => byte > 0 && byte < 32 && !textControls.has(byte)).length
  return controls > Math.max(smallDamage, start.length * damageShare)
}

/** Decodes the start of a file so that its ASCII characters can be recognized in any encoding. */
function decodeStart(start: Buffer): string {
  const isWide = start.subarray(0, 64).includes(0)
  return (isWide ? Buffer.from(start.filter((byte) => byte !== 0)) : start)
    .toString('latin1')
    .replace(/^(ï»¿|ÿþ|þÿ)/, '')
}

/** Whether the first line is a whole JSON object, and another line follows. */
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
