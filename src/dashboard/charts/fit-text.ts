/** Pixels of a character in the text of charts: Latin letters on average, and characters of full width. */
const characterWidth = 7
const wideCharacterWidth = 12.2

const isWide = (character: string) => /[\u1100-\uffee]/.test(character)

const widthOf = (character: string) => (isWide(character) ? wideCharacterWidth : characterWidth)

/** Returns about how many pixels a text takes in a chart. */
export const textWidth = (text: string): number =>
  [...text].reduce((sum, character) => sum + widthOf(character), 0)

/** Returns the text, shortened with an ellipsis where it would take more pixels. */
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
