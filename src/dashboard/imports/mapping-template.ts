/** Plain words that YAML does not read as texts. */
const yamlLiteral = /^(true|false|null)$/i

/** Returns a text as a YAML scalar, quoted if necessary. */
const toScalar = (text: string) =>
  /^[\p{L}_][\p{L}\p{N}_ .()-]*$/u.test(text) && !text.endsWith(' ') && !yamlLiteral.test(text)
    ? text
    : JSON.stringify(text)

/**
 * Returns the path in a mapping that reads a column, as a YAML scalar. The name of the column is quoted if it has a slash, which
 * separates the names of a path, or brackets, in which a path has a condition, or if it begins with `=`, as constants do. A name
 * with both kinds of quotes cannot be quoted.
 */
function toPath(column: string): string {
  if (!/^=|[/[\]]/.test(column) || /'.*"|".*'/.test(column)) return toScalar(column)
  return toScalar(column.includes("'") ? `"${column}"` : `'${column}'`)
}

/**
 * Derives the name of a scheme from the name of a file. Returns an empty text, which the service refuses, if the name has
 * letters that a scheme cannot have: without these letters, the files of different registers could get the same scheme.
 */
function schemeOf(fileName: string): string {
  const name = fileName
    .replace(/\.\w+$/, '')
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
  if (/(?![a-z])\p{L}/u.test(name)) return ''
  return name
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '')
}

/** Returns the first column whose name matches, otherwise the column at `fallbackIndex`, otherwise the first column. */
const findColumn = (columns: readonly string[], pattern: RegExp, fallbackIndex: number): string =>
  columns.find((column) => pattern.test(column)) ?? columns[fallbackIndex] ?? columns[0] ?? ''

/** Returns a first draft of a mapping that converts the rows of a file to agreements. */
export function mappingTemplate(fileName: string, columns: readonly string[]): string {
  const id = findColumn(columns, /^(id|no\.?|nr\.?|number|code|key)$/i, 0)
  const title = findColumn(columns, /title|name|treaty|agreement/i, 1)
  const date = columns.find((column) => /sign|date|year/i.test(column))
  const country = columns.find((column) => /countr|part(y|ies)|state|nation/i.test(column))
  return `scheme: ${toScalar(schemeOf(fileName))}
records:
  agreements:
    id: ${toPath(id)}
    properties:
      title: ${toPath(title)}
      kind: =agreement
${date === undefined ? '' : `      signedOn: ${toPath(date)}\n`}${
  country === undefined ? '' : `      parties:\n        - { country: ${toPath(country)}, role: =party }\n`
}# Columns: ${columns.map(toPath).join(', ')}
`
}
