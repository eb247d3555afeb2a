import type { z } from 'zod'

/**
 * Characters that are forbidden in one line of text: controls, line separators, and the embeddings, overrides and isolates of
 * the bidirectional algorithm. The joiners of Persian and Indic scripts, U+200C and U+200D, are allowed.
 */
const forbiddenInLines = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

/**
 * Characters that are forbidden in texts of several lines: controls, except tabs and line breaks. Embeddings, overrides and
 * isolates are allowed, since sources may contain them.
 */
const forbiddenInProse = /(?![\t\n\r])\p{Cc}/u

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Returns the text of bytes in UTF-8, without a byte order mark; undefined if they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

function describeCharacter(character: string): string {
  if (/[\r\n]/.test(character)) return 'a line break'
  if (/\p{Cc}/u.test(character)) return 'a control character'
  return /[\u2028\u2029]/.test(character) ? 'a line separator' : 'a character that reorders text'
}

const codePoint = (character: string) =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

function findFault(forbidden: RegExp, text: string): string | undefined {
  const [character] = forbidden.exec(text) ?? []
  if (character === undefined) return undefined
  const position = [...text.slice(0, text.indexOf(character))].length + 1
  return `has ${describeCharacter(character)}, ${codePoint(character)}, at character ${position}`
}

/**
 * 31 combining marks in a row, counting the half-width voicing marks of kana. No writing system needs more than 30 (the limit of
 * the Stream-Safe Text Format of Unicode), and the time to normalize a text grows with the square of their number.
 */
const tooManyMarks = /[\p{M}\uff9e\uff9f]{31}/u

/**
 * Returns the function that converts a text to the Unicode form NFC. A text of more than four times `max` is not converted:
 * NFC would not make it short enough, and the conversion may take minutes.
 * @param max maximum length of the text in NFC, in UTF-16 code units.
 */
export const toNfc =
  (max: number) =>
  (text: string): string =>
    text.length > 4 * max ? text : text.normalize('NFC')

/**
 * Converts a stored text, which may have any number of combining marks, to the Unicode form NFC. The marks after 30 in a row are
 * converted one by one, so that the time grows with the length of the text.
 */
export const toNfcByMarks = (text: string): string =>
  tooManyMarks.test(text)
    ? text
        .split(/(?<=[\p{M}\uff9e\uff9f]{30})/u)
        .map((part) => part.normalize('NFC'))
        .join('')
    : text.normalize('NFC')

const refuseCharacters =
  (forbidden: RegExp) =>
  (text: string, context: z.RefinementCtx): void => {
    if (tooManyMarks.test(text)) {
      const message = 'has more than 30 combining marks in a row'
      // With `continue: false`, the text is not normalized.
      context.addIssue({ code: 'invalid_format', format: 'characters', message, continue: false })
      return
    }
    const message = findFault(forbidden, text)
    if (message !== undefined) context.addIssue({ code: 'invalid_format', format: 'characters', message })
  }

/** Returns a message with the first forbidden character of a line of text and its position, from 1; undefined without one. */
export const findLineFault = (text: string): string | undefined => findFault(forbiddenInLines, text)

/** Removes the characters that are forbidden in one line of text. Replaces halves of surrogate pairs with U+FFFD. */
export const cleanLine = (text: string): string =>
  text.toWellFormed().replaceAll(new RegExp(forbiddenInLines, 'gu'), '')

/** Characters without a glyph: white space, those that fonts ignore by default, such as U+200B, and the empty Braille pattern. */
const onlyInvisible = /^[\s\p{Default_Ignorable_Code_Point}\u2800]+$/u

/** Refuses a text of only invisible characters. Accepts a text of only white space, which the patterns of schemas refuse. */
export function requireVisible(text: string, context: z.RefinementCtx): void {
  if (text.trim() === '' || !onlyInvisible.test(text)) return
  context.addIssue({ code: 'invalid_format', format: 'characters', message: 'has only invisible characters' })
}

/**
 * Refuses forbidden characters in one line of text, and long rows of combining marks. The message about a forbidden character has
 * its code point and its position, from 1.
 */
export const requireLineCharacters = refuseCharacters(forbiddenInLines)

/** Refuses forbidden characters in a text of several lines, with the messages of `requireLineCharacters`. */
export const requireProseCharacters = refuseCharacters(forbiddenInProse)

/**
 * Whether a value is a text with a character outside the Unicode blocks of Latin letters (to U+024F, and U+1E00 to U+1EFF), such as
 * Chinese. So full-width letters, letters of the IPA such as `ə`, and punctuation such as a curly quote or a dash count, too.
 */
export const hasNonLatin = (value: unknown): boolean =>
  typeof value === 'string' && /[\u0250-\u1dff\u1f00-\u{10ffff}]/u.test(value)
