/** Returns a path with a query string. Undefined and empty parameters are left out; lists are joined by commas. */
export function apiPath(
  path: string,
  parameters: Readonly<Record<string, string | number | readonly string[] | undefined>> = {},
): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined || value === '') continue
    query.set(name, typeof value === 'object' ? value.join(',') : String(value))
  }
  const text = query.toString()
  return text === '' ? path : `${path}?${text}`
}
