/** Marks that sources add to names. */

/** Removes footnote marks, such as `*`, `¹`, `1/` and `[a]`, and unescapes ampersands. */
export const withoutFootnoteMarks = (name: string): string =>
  name
    .replaceAll('&amp;', '&')
    .replaceAll(/[*†‡§¶¹²³]+/g, '')
    .trim()
    .replace(/(\(\d{1,2}\)|\[[a-z0-9]\]|\s\d{1,2}\/|\b[a-z]\/)$/, '')
    .trim()

/** Removes question marks, which mark a name as doubtful, from the end of a name. @param name a trimmed name. */
export const withoutQuestionMark = (name: string): string =>
  name.replace(/(\(\?\)|\[\?\]|(?<!\?)\?+)$/, '').trimEnd()
