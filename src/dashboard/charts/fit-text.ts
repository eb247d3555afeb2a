// Widths of characters in pixels, in a wide sans-serif font of 12 px. This is the largest font size of the texts that are fitted.
/** Average width of a lower-case letter. */
const characterWidth = 7.1
/** Width of most capitals. */
const capitalWidth = 9
/** Width of full-width characters. M, W, m, w and some symbols are about as wide. */
const wideCharacterWidth = 12.2

/** Whether a character is wide: CJK scripts and punctuation, Hangul, full-width forms, emoji, and letters such as W. */
const isWide = (character: string) =>
  /[MWmw@%\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3ffff}]/u.test(
    character,
  )

const widthOf = (character: string) => {
  if (isWide(character)) return wideCharacterWidth
  return /\p{Lu}/u.test(character) ? capitalWidth : characterWidth
}

/** Returns the approximate width of a text of 12 px, in pixels. */
export const textWidth = (text: string): number =>
  [...text].reduce((sum, character) => sum + widthOf(character), 0)

/** Returns the text, shortened with an ellipsis if it is wider than `maxWidth` pixels. */
export function fitText(text: string, maxWidth: number): string {
  if (textWidth(text) <= maxWidth) return text
  let width = widthOf('…')
  let fitted = ''
  for (const character of text) {
    width += widthOf(character)
    if (width > maxWidth) break
    fitted += character
  }
  return `${fitted.trimEnd()}…`
}
