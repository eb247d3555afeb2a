/**
 * Returns where a database's URL leads to. As in pg, the parameters `host` and `port` replace those of the URL itself.
 * @returns `hostname`, which is empty for the local socket, and `address`, the host and port for people.
 */
export function serverAddress(url: string): { hostname: string; address: string } {
  const { hostname: urlHost, port: urlPort, searchParams } = new URL(url)
  const hostname = searchParams.get('host') ?? urlHost
  const port = searchParams.get('port') ?? urlPort
  return { hostname, address: `${hostname || 'the local socket'}:${port || 5432}` }
}
