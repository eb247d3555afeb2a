/** A text as a scalar of YAML. */
const quote = (text: string) =>
  /^[\p{L}_][\p{L}\p{N}_ .()-]*$/u.test(text) && !text.endsWith(' ') ? text : JSON.stringify(text)

/** A scheme that the name of a file suggests. */
function schemeOf(fileName: string): string {
  const words = fileName
    .replace(/\.\w+$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return words === '' ? 'my-register' : words.slice(0, 40)
}

/** Finds the column whose name matches, otherwise the one at an index, otherwise the first. */
const findColumn = (columns: readonly string[], pattern: RegExp, fallbackIndex: number): string =>
  columns.find((column) => pattern.test(column)) ?? columns[fallbackIndex] ?? columns[0] ?? ''

/** Returns a mapping to begin with, for agreements, with the columns of a file. */
export function mappingTemplate(fileName: string, columns: readonly string[]): string {
  const id = findColumn(columns, /^(id|no\.?|nr\.?|number|code|key)$/i, 0)
  const title = findColumn(columns, /title|name|treaty|agreement/i, 1)
  const date = columns.find((column) => /sign|date|year/i.test(column))
  const country = columns.find((column) => /countr|part(y|ies)|state|nation/i.test(column))
  return `scheme: ${schemeOf(fileName)}
records:
  agreements:
    id: ${quote(id)}
    properties:
      title: ${quote(title)}
      kind: =agreement
${date === undefined ? '' : `      signedOn: ${quote(date)}\n`}${
  country === undefined ? '' : `      parties:\n        - { country: ${quote(country)}, role: =party }\n`
}# Columns: ${columns.map(quote).join(', ')}
`
}
