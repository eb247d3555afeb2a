/**
 * Returns where a database's URL leads to. As in pg, the parameters `host` and `port` replace those of the URL itself. A URL without
 * a host leads to `localhost`. The variables `PGHOST` and `PGPORT`, which pg reads for such a URL, are not considered.
 * @returns `hostname`, which may be the folder of a Unix socket, and `address`, the host and port for people.
 */
export function serverAddress(url: string): { hostname: string; address: string } {
  const { hostname: urlHost, port: urlPort, searchParams } = new URL(url)
  const hostname = searchParams.get('host') || urlHost.replaceAll(/%2f/gi, '/') || 'localhost'
  const port = searchParams.get('port') || urlPort || '5432'
  return { hostname, address: `${hostname}:${port}` }
}
