/** Width in pixels of a character in charts: the average of Latin letters, and that of full-width characters. */
const characterWidth = 7
const wideCharacterWidth = 12.2

const isWide = (character: string) => /[\u1100-\uffee]/.test(character)

const widthOf = (character: string) => (isWide(character) ? wideCharacterWidth : characterWidth)

/** Returns the approximate width of a text in a chart, in pixels. */
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
