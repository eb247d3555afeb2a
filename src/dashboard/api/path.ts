/**
 * Returns a path, of the API or of a view, with a query string. A parameter that is undefined or an empty text is left out;
 * lists are joined by commas. Commas are literal: to the API, a percent-encoded one may belong to a value.
 */
export function withQuery(
  path: string,
  parameters: Readonly<Record<string, string | number | readonly string[] | undefined>> = {},
): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined || value === '') continue
    query.set(name, typeof value === 'object' ? value.join(',') : String(value))
  }
  const text = query.toString().replaceAll('%2C', ',')
  return text === '' ? path : `${path}?${text}`
}
