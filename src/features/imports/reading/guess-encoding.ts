import { isAscii } from 'node:buffer'
import chardet from 'chardet'
import iconv from 'iconv-lite'
import { findCyrillic } from './cyrillic.ts'
import type { DetectedEncoding } from './encoding.ts'

/** Encodings with two bytes for most characters. Some of these pairs are UTF-8 by chance: 女 in GB18030 is `Ů` in UTF-8. */
export const doubleByteEncodings = ['gb18030', 'big5', 'shift_jis', 'euc-jp', 'euc-kr']

/**
 * Supersets that are used instead of the encodings that a mapping states or chardet detects: as in the WHATWG standard, except
 * that `ascii` is read as UTF-8. `utf8` is only another name of `utf-8`.
 */
export const supersets: Record<string, string> = {
  'iso-8859-1': 'windows-1252',
  'iso-8859-9': 'windows-1254',
  ascii: 'utf-8',
  utf8: 'utf-8',
  gb2312: 'gb18030',
  gbk: 'gb18030',
}

/** An encoding, and how sure chardet is of it, in percent. */
interface Guess {
  name: string
  confidence: number
}

/** Below this confidence, chardet is not sure of an encoding with two bytes. */
const minConfidence = 50

/** The confidence of chardet in an encoding with two bytes in which no character is a common one, and every byte is valid. */
const noEvidence = 10

/** A guess from fewer non-ASCII bytes is uncertain. */
const minEvidenceBytes = 100

/** A shorter sample is repeated until it has this size in bytes. In ten characters or fewer, chardet counts no common ones. */
const minBytes = 1000

/**
 * Pattern of a pair of bytes, decoded as Latin-1, that is a common character of GB18030 (level 1 of GB 2312), EUC-KR and EUC-JP, or
 * punctuation.
 */
const commonPair = String.raw`[\xa1\xa3\xb0-\xd7][\xa1-\xfe]`

/** Pattern of signs of GB18030 that stand beside Latin letters and digits: `·—…‘’“”°–`. In Western encodings, `¡¯` is no text. */
const latinSigns = String.raw`\xa1[\xa4\xaa\xad-\xb1\xe3]|\xa8C`

/**
 * Matches common pairs and `latinSigns`, but no other single pair beside an ASCII letter: it may be `ÇÃ` of a Western encoding, as
 * in `COOPERAÇÃO`.
 */
const commonPairs = new RegExp(
  `(?:${commonPair}){2,}|(?<![A-Za-z])${commonPair}(?![A-Za-z])|${latinSigns}`,
  'g',
)

const isCommonPair = new RegExp(commonPair)

/**
 * Matches what texts of words do not have: a non-ASCII character that is no letter, or a capital letter after a small one. Signs
 * of European texts, such as quotation marks, are no evidence.
 */
const noWord = /[^\p{L}\p{M}\p{ASCII}«»“”„‘’–—№]|\p{Ll}\p{Lu}/u

/** Chinese has a larger share of common characters. A short name may have a rare one, such as 朱镕基. */
const minCommonShare = 0.5

/** Korean texts have Chinese characters, if any, in names. Chinese that is decoded as Korean has a larger share of them. */
const maxHanjaShare = 0.15

/**
 * Whether a guess may be wrong since a text has few Chinese, Japanese or Korean characters. Chinese is often taken for Korean.
 * Chinese that is decoded with a single-byte encoding has symbols within words, such as `ÖÐ¹ú` for 中国. `РОССИЯ` in windows-1251
 * has the bytes of common Chinese characters, too, but is a word.
 */
function isDoubtful({ name, confidence }: Guess, sample: Buffer): boolean {
  if (name === 'gb18030') return false
  if (doubleByteEncodings.includes(name)) return name === 'euc-kr' || confidence < minConfidence
  const others = sample.toString('latin1').replace(commonPairs, '')
  return isAscii(Buffer.from(others, 'latin1')) && noWord.test(iconv.decode(sample, name))
}

/** Whether most characters are common Chinese in GB18030. */
function hasCommonChinese(sample: Buffer): boolean {
  const pairs = sample.toString('latin1').match(/[\x81-\xfe][\x30-\xfe]/g) ?? []
  const common = pairs.filter((pair) => isCommonPair.test(pair))
  return common.length > minCommonShare * pairs.length
}

/** Whether a text in EUC-KR has more Chinese characters than Korean texts have. */
function hasManyHanja(sample: Buffer): boolean {
  const asKorean = iconv.decode(sample, 'euc-kr')
  const count = (script: RegExp) => asKorean.match(script)?.length ?? 0
  return count(/\p{Script=Han}/gu) > maxHanjaShare * count(/\P{ASCII}/gu)
}

/** Whether every byte is valid in an encoding. The sample may end within a character: without `end`, the decoder ignores it. */
const isValid = (sample: Buffer, name: string) => !iconv.getDecoder(name).write(sample).includes('\ufffd')

/** Returns the encodings in which every byte is valid, the most likely first, by the frequency of characters. */
function guessByFrequency(sample: Buffer): Guess[] {
  return chardet
    .analyse(sample)
    .map(({ name, confidence }) => ({
      name: supersets[name.toLowerCase()] ?? name.toLowerCase(),
      confidence,
    }))
    .filter(({ name }) => !name.startsWith('utf-') && iconv.encodingExists(name) && isValid(sample, name))
}

/**
 * Returns the encoding with two bytes whose common characters a text has. A short text is repeated, so that chardet counts them.
 * chardet knows at most 100 for each encoding. A text without any of them counts as Chinese if most of its characters are among
 * the 3,755 of level 1 of GB 2312.
 * @returns undefined if the text is neither.
 */
function findDoubleByte(sample: Buffer, guesses: readonly Guess[]): string | undefined {
  const repeated = () => Buffer.alloc(Math.ceil(minBytes / sample.length) * sample.length, sample)
  const counted = sample.length < minBytes ? guessByFrequency(repeated()) : guesses
  const best = counted.find(({ name }) => doubleByteEncodings.includes(name))
  const isClear = best !== undefined && best.confidence > noEvidence
  if (isClear && !(best.name === 'euc-kr' && hasManyHanja(sample))) return best.name
  return hasCommonChinese(sample) ? 'gb18030' : undefined
}

/** Maximum number of other possible encodings that a note names. */
const maxExamples = 4

/** Greek and Hebrew, whose words may have the bytes of Cyrillic words. */
const otherAlphabets = /^(?:iso-8859-[78]|windows-125[35])$/

/**
 * Guesses the encoding of a text by the frequency of characters. @param sample the first non-ASCII lines of
 * a text that is not UTF-8 as a whole.
 * @returns the encoding, with a note that names others; undefined if no encoding is possible.
 */
export function guessEncoding(sample: Buffer): DetectedEncoding | undefined {
  const guesses = guessByFrequency(sample)
  const [guess] = guesses
  const cyrillic = guess && otherAlphabets.test(guess.name) ? undefined : findCyrillic(sample)
  const doubleByte = guess && isDoubtful(guess, sample) ? findDoubleByte(sample, guesses) : undefined
  const name = cyrillic ?? doubleByte ?? guess?.name
  if (name === undefined) return undefined
  const confidence = name === guess?.name ? ` (${guess.confidence} % sure)` : ''
  const likely =
    sample.filter((byte) => byte > 127).length < minEvidenceBytes
      ? `The encoding is uncertain, since the file has little text besides ASCII: most likely it is ${name}`
      : `The encoding is most likely ${name}${confidence}`
  const others = [...new Set(guesses.map((other) => other.name))].filter((other) => other !== name)
  // chardet often calls short Chinese texts unlikely.
  const isGbPossible = name !== 'gb18030' && isValid(sample, 'gb18030')
  const listed = others.filter((other) => other !== 'gb18030').slice(0, maxExamples - (isGbPossible ? 1 : 0))
  if (isGbPossible) listed.push('gb18030')
  const examples = listed.length > 0 ? `, such as to ${listed.join(', ')}` : ''
  return { name, notes: [`${likely}. If letters are wrong, set rows.encoding in the mapping${examples}.`] }
}
