import { isAscii, isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import iconv from 'iconv-lite'
import { suggest } from '../../../problems/suggest.ts'
import { type FileToRead, unreadableFile } from './file.ts'
import { doubleByteEncodings, guessEncoding, supersets } from './guess-encoding.ts'

/** The encoding of a file. */
export interface DetectedEncoding {
  /** Name that iconv-lite knows, in lower case, such as `windows-1252`. */
  name: string
  /** A note for people if the encoding is uncertain, otherwise none. */
  notes: string[]
}

/** The formats that can be read, for messages. */
export const readableFormats = 'Only CSV, XLSX, JSON, NDJSON and XML can be read.'

/** Maximum size of the start of a file, which tells its format and whether it is text, in bytes. */
export const startBytes = 64 * 1024

/** Maximum size of the chunks in which a file is surveyed, in bytes. */
const surveyedBytes = 1024 * 1024

/** Maximum size of the sample of non-ASCII lines from which another encoding than UTF-8 is guessed, in bytes. */
const sampleBytes = 256 * 1024

/** A file in which more than this share of the non-ASCII lines is UTF-8, and others are not, counts as mixed. */
const minMixedShare = 0.05

/**
 * Matches a line of valid UTF-8, decoded as Latin-1, that is unlikely to be text in `doubleByteEncodings`. Texts in these are rarely valid
 * UTF-8 with a character of three bytes (Chinese; first byte from 0xE0 on), with a continuation byte up to 0xA0 (Russian), or with a
 * character of two bytes beside an ASCII letter (`Perú`).
 */
const certainUtf8 = /[\x80-\xa0\xe0-\xff]|[A-Za-z][\xa1-\xdf]|[\xa1-\xdf][A-Za-z]/

const byteOrderMarks = [
  { name: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { name: 'utf-32le', bytes: [0xff, 0xfe, 0, 0] },
  { name: 'utf-32be', bytes: [0, 0, 0xfe, 0xff] },
  { name: 'utf-16le', bytes: [0xff, 0xfe] },
  { name: 'utf-16be', bytes: [0xfe, 0xff] },
]

/** Names that iconv-lite accepts although they are not encodings of texts. */
const notEncodings = ['base64', 'binary', 'hex']

/**
 * Returns the encoding that the mapping or the file states, or detects it: by a byte order mark, as UTF-16 by its NUL bytes, as
 * UTF-8 if every byte is valid, and otherwise by the frequency of characters. Reads the file at most once, and holds a sample in
 * memory.
 * @param declared name of the encoding in the file, if it has one.
 * @throws Problem when a stated encoding is unknown, the encoding cannot be detected, the file is binary, or its lines have
 *   different encodings.
 */
export async function detectEncoding(file: FileToRead, declared?: string): Promise<DetectedEncoding> {
  const stated = file.options.encoding ?? declared
  if (stated !== undefined) return { name: requireEncoding(stated), notes: [] }
  const survey = await surveyFile(file)
  if (survey.name !== undefined) return { name: survey.name, notes: [] }
  const guessed = guessEncoding(Buffer.concat(survey.sample))
  const isDoubleByte = guessed !== undefined && doubleByteEncodings.includes(guessed.name)
  const utf8Lines = isDoubleByte ? survey.certainUtf8Lines : survey.utf8Lines
  if (utf8Lines / (survey.utf8Lines + survey.otherLines) > minMixedShare) {
    throw unreadableFile(
      `The file mixes encodings: line ${survey.firstOtherLine} is not UTF-8, but other parts of the file are. Convert it to UTF-8, or set rows.encoding in the mapping, for example to windows-1252 or gb18030.`,
    )
  }
  if (guessed) return guessed
  throw unreadableFile(
    'The encoding of the file could not be detected. Save it as UTF-8, or set rows.encoding in the mapping.',
  )
}

/** Whether two names mean the same encoding, such as `latin1` and `iso-8859-1`: iconv-lite then has one codec for both. */
const areSame = (name: string, other: string) => iconv.getCodec(name) === iconv.getCodec(other)

/** Returns the encoding to use for a stated one (`supersets`). @throws Problem when it is unknown. */
export function requireEncoding(stated: string): string {
  const name = stated.toLowerCase()
  if (iconv.encodingExists(name) && !notEncodings.some((other) => areSame(name, other)))
    return Object.entries(supersets).find(([subset]) => areSame(name, subset))?.[1] ?? name
  const known = [
    'utf-8',
    'utf-16le',
    'utf-16be',
    'windows-1252',
    'iso-8859-1',
    'gb18030',
    'big5',
    'shift_jis',
  ]
  // Not `didYouMean`, which may say that only these are possible: iconv-lite knows many more.
  const nearest = suggest(name, known)
  throw unreadableFile(
    `The encoding "${stated}" is not known${nearest ? `; did you mean "${nearest}"?` : `. Examples: ${known.join(', ')}.`}`,
  )
}

interface Survey {
  /** The encoding, if it is certain. */
  name?: string
  /** Number of non-ASCII lines that are valid UTF-8, and of those that are not. Pieces of long lines count as lines. */
  utf8Lines: number
  otherLines: number
  /** Number of lines that are UTF-8 and not by chance. */
  certainUtf8Lines: number
  /** Number of the first line that is not UTF-8. */
  firstOtherLine: number
  sample: Buffer[]
}

const newline = 0x0a

/**
 * Counts the non-ASCII lines of a file that are UTF-8, and those that are not. Memory does not grow with the file: a line that is
 * longer than a chunk is read in pieces.
 */
async function surveyFile(file: FileToRead): Promise<Survey> {
  const survey: Survey = { utf8Lines: 0, otherLines: 0, certainUtf8Lines: 0, firstOtherLine: 0, sample: [] }
  let line = 1
  let rest: Buffer = Buffer.alloc(0)
  let isFirst = true
  let sampled = 0
  const addLine = (bytes: Buffer) => {
    if (!isAscii(bytes)) {
      if (isUtf8(bytes)) {
        survey.utf8Lines += 1
        if (certainUtf8.test(bytes.toString('latin1'))) survey.certainUtf8Lines += 1
      } else {
        survey.otherLines += 1
        survey.firstOtherLine ||= line
      }
      if (sampled < sampleBytes) survey.sample.push(Buffer.from(bytes.subarray(0, sampleBytes - sampled)))
      sampled += bytes.length
    }
    if (bytes.at(-1) === newline) line += 1
  }
  for await (const chunk of createReadStream(file.path, { highWaterMark: surveyedBytes })) {
    if (isFirst) {
      const certain = encodingOfStart(chunk.subarray(0, startBytes), file)
      if (certain) return { ...survey, name: certain }
      isFirst = false
    }
    const bytes: Buffer = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    const end = endOfLines(bytes)
    rest = bytes.subarray(end)
    const whole = bytes.subarray(0, end)
    if (isAscii(whole)) line += countLines(whole)
    else forEachLine(whole, addLine)
  }
  // In UTF-8, the last character may be incomplete: the file may be cut off, or be only the beginning of a file, as in a preview.
  const whole = rest.subarray(0, endOfCharacters(rest))
  const isRestUtf8 = isUtf8(whole) && (survey.utf8Lines > 0 || !isAscii(whole))
  if (rest.length > 0) addLine(isRestUtf8 ? whole : rest)
  return survey.otherLines === 0 ? { ...survey, name: 'utf-8' } : survey
}

/** Control characters that occur in texts: tab, line ends, form feed, end of file, escape, and four separators. */
const textControls = new Set([9, 10, 12, 13, 26, 27, 28, 29, 30, 31])

/** Maximum number of other control characters in a text, even a damaged one, and their maximum share in a long text. */
const maxControls = 10
const maxControlShare = 0.02

/** Maximum share of NUL bytes in a damaged text. */
const maxNulShare = 0.1

/** Minimum number and share of NUL bytes in UTF-16. A damaged text may have fewer; the share is small, since Chinese has few. */
const minUtf16Nuls = 4
const minUtf16NulShare = 0.02

/** @throws Problem when a file is binary. @param text its start. NUL, which damaged texts have, does not count. */
export function refuseBinary(text: string, { name, options }: FileToRead): void {
  const delimiter = options.delimiter?.charCodeAt(0)
  let controls = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code > 0 && code < 32 && !textControls.has(code) && code !== delimiter) controls += 1
  }
  if (controls > Math.max(maxControls, text.length * maxControlShare)) throw binaryFile(name)
}

const binaryFile = (name: string) =>
  unreadableFile(`The file ${name} is binary, and not text. ${readableFormats}`)

/** Whether bytes are UTF-8, apart from an incomplete character at the end. */
const isUtf8Start = (bytes: Buffer) => isUtf8(bytes.subarray(0, endOfCharacters(bytes)))

/**
 * Returns the name of UTF-16 with its order of bytes for a text without a byte order mark, or undefined for other files. An ASCII
 * character has a NUL byte after it in UTF-16LE, and before it in UTF-16BE. Only the NUL bytes of `textControls` and of the characters
 * from the space to `M`, except `0`, count: beside any other byte, NUL may be a half of another character, such as 一 (U+4E00) or the
 * ideographic space (U+3000).
 */
function findUtf16(start: Buffer, nuls: number): string | undefined {
  if (nuls < Math.max(minUtf16Nuls, start.length * minUtf16NulShare)) return undefined
  // Text in ASCII or UTF-8 with some NUL bytes is damaged. Chinese in UTF-16 is never valid UTF-8.
  if (nuls <= start.length * maxNulShare && isUtf8Start(start)) return undefined
  const signs = { odd: 0, even: 0 }
  start.forEach((byte, index) => {
    const other = start[index ^ 1] ?? 0
    const isSign = (other >= 0x20 && other < 0x4e && other !== 0x30) || textControls.has(other)
    if (byte === 0 && isSign) signs[index % 2 === 1 ? 'odd' : 'even'] += 1
  })
  const all = signs.odd + signs.even
  if (all === 0) return undefined
  if (signs.odd >= all * 0.95) return 'utf-16le'
  return signs.even >= all * 0.95 ? 'utf-16be' : undefined
}

/**
 * Returns the encoding of a text if its first bytes determine it: by a byte order mark, or as UTF-16 (`findUtf16`).
 * @param start the first `startBytes` bytes of the file.
 * @throws Problem when the file is binary: it has more control characters, such as NUL, than a text.
 */
export function encodingOfStart(start: Buffer, file: FileToRead): string | undefined {
  const bom = byteOrderMarks.find(({ bytes }) => bytes.every((byte, index) => start[index] === byte))
  if (bom) return bom.name
  const nuls = start.reduce((count, byte) => (byte === 0 ? count + 1 : count), 0)
  const utf16 = findUtf16(start, nuls)
  if (utf16 !== undefined) return utf16
  if (nuls >= Math.max(minUtf16Nuls, start.length * maxNulShare)) throw binaryFile(file.name)
  refuseBinary(start.toString('latin1'), file)
  return undefined
}

/** Returns the end of the last whole line, or of the last whole character if the line is longer than the chunk. */
function endOfLines(bytes: Buffer): number {
  return bytes.lastIndexOf(newline) + 1 || endOfCharacters(bytes)
}

/** Returns the number of bytes of a character of UTF-8 by its first byte; 1 for a byte that begins no character. */
function characterLength(first: number): number {
  if (first < 0xc2 || first > 0xf4) return 1
  if (first < 0xe0) return 2
  return first < 0xf0 ? 3 : 4
}

/** Returns the end of the last whole character of UTF-8: the position of an incomplete character, or the end of the bytes. */
export function endOfCharacters(bytes: Buffer): number {
  for (let start = bytes.length - 1; start >= Math.max(0, bytes.length - 3); start -= 1) {
    const byte = bytes[start] ?? 0
    const isContinuation = (byte & 0xc0) === 0x80
    if (!isContinuation) return start + characterLength(byte) > bytes.length ? start : bytes.length
  }
  return bytes.length
}

/** Returns the number of line breaks. */
export function countLines(bytes: Buffer): number {
  let count = 0
  for (let index = bytes.indexOf(newline); index !== -1; index = bytes.indexOf(newline, index + 1)) count += 1
  return count
}

/** Calls `visit` with each line, with its line break. */
export function forEachLine(bytes: Buffer, visit: (line: Buffer) => void): void {
  let start = 0
  while (start < bytes.length) {
    const end = bytes.indexOf(newline, start) + 1 || bytes.length
    visit(bytes.subarray(start, end))
    start = end
  }
}
