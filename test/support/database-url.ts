/**
 * Returns the URL of another database on the same server.
 * @param url URL of any database on the server.
 */
export function databaseUrl(url: string, name: string): string {
  const other = new URL(url)
  other.pathname = `/${name}`
  return other.href
}
