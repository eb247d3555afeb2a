import { isAscii, isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import chardet from 'chardet'
import iconv from 'iconv-lite'
import { suggest } from '../../../problems/suggest.ts'
import { unreadableFile } from './unreadable-file.ts'

/** The encoding of a file, with a note if it is uncertain. */
export interface DetectedEncoding {
  /** Name as in the WHATWG encoding standard, in lower case. */
  name: string
  note?: string
}

/** Maximum size of the sample of non-ASCII lines from which another encoding than UTF-8 is guessed, in bytes. */
const sampleBytes = 256 * 1024

/** Share of UTF-8 lines among the non-ASCII lines above which a file that also has other lines counts as mixed. */
const mixedShare = 0.05

const byteOrderMarks = [
  { name: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { name: 'utf-32le', bytes: [0xff, 0xfe, 0, 0] },
  { name: 'utf-16le', bytes: [0xff, 0xfe] },
  { name: 'utf-16be', bytes: [0xfe, 0xff] },
]

/** Supersets that are used instead of the encodings that files declare, as in the WHATWG standard. */
const supersets: Record<string, string> = {
  'iso-8859-1': 'windows-1252',
  'iso-8859-9': 'windows-1254',
  ascii: 'utf-8',
  gb2312: 'gb18030',
  gbk: 'gb18030',
}

/**
 * Detects the encoding of a file: by a byte order mark, as UTF-16 by its zero bytes, as UTF-8 if every byte is valid, and
 * otherwise by the frequency of characters. Reads the file at most once, and holds a sample in memory.
 * @param wanted name of the encoding, if it is known.
 * @throws Problem when `wanted` is unknown, the encoding cannot be detected, the file is binary, or its lines have different
 *   encodings.
 */
export async function detectEncoding(path: string, wanted?: string): Promise<DetectedEncoding> {
  if (wanted !== undefined) return { name: requireEncoding(wanted) }
  const survey = await surveyFile(path)
  if (survey.name !== undefined) return { name: survey.name }
  const lines = survey.utf8Lines + survey.otherLines
  if (survey.utf8Lines / lines > mixedShare) {
    throw unreadableFile(
      `The file mixes encodings: line ${survey.firstOtherLine} is not UTF-8, but ${survey.utf8Lines === 1 ? 'another line is' : `${survey.utf8Lines} other lines are`}. Convert it to UTF-8, or say which encoding to use with rows: { encoding: windows-1252 }.`,
    )
  }
  return guessEncoding(Buffer.concat(survey.sample))
}

function requireEncoding(wanted: string): string {
  const name = wanted.toLowerCase()
  if (iconv.encodingExists(name)) return supersets[name] ?? name
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
  const nearest = suggest(name, known)
  throw unreadableFile(
    `The encoding "${wanted}" is not known${nearest ? `; did you mean "${nearest}"?` : `. Examples: ${known.join(', ')}.`}`,
  )
}

interface Survey {
  /** The encoding, if it is certain. */
  name?: string
  /** Number of non-ASCII lines that are valid UTF-8, and of those that are not. */
  utf8Lines: number
  otherLines: number
  firstOtherLine: number
  sample: Buffer[]
}

const newline = 0x0a

/** Counts the non-ASCII lines of a file that are UTF-8, and those that are not. At most two chunks are in memory. */
async function surveyFile(path: string): Promise<Survey> {
  const survey: Survey = { utf8Lines: 0, otherLines: 0, firstOtherLine: 0, sample: [] }
  let line = 1
  let rest: Buffer = Buffer.alloc(0)
  let isFirst = true
  let sampled = 0
  const addLine = (bytes: Buffer) => {
    if (!isAscii(bytes)) {
      if (isUtf8(bytes)) survey.utf8Lines += 1
      else {
        survey.otherLines += 1
        survey.firstOtherLine ||= line
      }
      if (sampled < sampleBytes) survey.sample.push(Buffer.from(bytes.subarray(0, sampleBytes - sampled)))
      sampled += bytes.length
    }
    line += 1
  }
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    if (isFirst) {
      const certain = encodingOfStart(chunk)
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
  if (rest.length > 0) addLine(rest)
  return survey.otherLines === 0 ? { ...survey, name: 'utf-8' } : survey
}

/** Counts the NULs at even and at odd positions. UTF-16 has them in each ASCII character, always on the same side. */
export function countNuls(bytes: Buffer): { even: number; odd: number } {
  const count = { even: 0, odd: 0 }
  for (let index = bytes.indexOf(0); index !== -1; index = bytes.indexOf(0, index + 1))
    count[index % 2 === 0 ? 'even' : 'odd'] += 1
  return count
}

/** Returns the encoding if the first bytes of a file determine it. */
function encodingOfStart(start: Buffer): string | undefined {
  const bom = byteOrderMarks.find(({ bytes }) => bytes.every((byte, index) => start[index] === byte))
  if (bom) return bom.name
  const head = start.subarray(0, 4096)
  const { even, odd } = countNuls(head)
  // In Western texts, nearly each character is ASCII.
  if (odd > head.length / 8 && even < odd / 20) return 'utf-16le'
  if (even > head.length / 8 && odd < even / 20) return 'utf-16be'
  // A damaged text may have a few zero bytes.
  if (even + odd <= head.length / 10) return undefined
  throw unreadableFile(
    'The file is binary: it has NUL bytes, which no text has. Does its name have the wrong extension?',
  )
}

/** Returns the end of the last whole line, or of the last whole character if the line is longer than the chunk. */
function endOfLines(bytes: Buffer): number {
  const end = bytes.lastIndexOf(newline) + 1
  if (end > 0) return end
  let start = bytes.length - 1
  while (start > bytes.length - 4 && start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1
  return start > 0 && (bytes[start] ?? 0) >= 0xc0 ? start : bytes.length
}

function countLines(bytes: Buffer): number {
  let count = 0
  for (let index = bytes.indexOf(newline); index !== -1; index = bytes.indexOf(newline, index + 1)) count += 1
  return count
}

function forEachLine(bytes: Buffer, visit: (line: Buffer) => void): void {
  let start = 0
  while (start < bytes.length) {
    const end = bytes.indexOf(newline, start) + 1 || bytes.length
    visit(bytes.subarray(start, end))
    start = end
  }
}

/** Guesses an encoding by the frequency of characters: the most likely one in which every byte is valid. */
function guessEncoding(sample: Buffer): DetectedEncoding {
  const isValid = (name: string) => !iconv.decode(sample, name).includes('\ufffd')
  for (const { name, confidence } of chardet.analyse(sample)) {
    const encoding = supersets[name.toLowerCase()] ?? name.toLowerCase()
    if (encoding.startsWith('utf-') || !iconv.encodingExists(encoding) || !isValid(encoding)) continue
    return {
      name: encoding,
      note: `The encoding is most likely ${encoding} (${confidence} % sure). If letters are wrong, say rows: { encoding: … }.`,
    }
  }
  throw unreadableFile(
    'The encoding of the file could not be detected. Save it as UTF-8, or state its encoding with rows: { encoding: … }.',
  )
}
