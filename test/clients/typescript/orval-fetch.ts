/** The types of the responses that are not files. Exports in NDJSON and GeoJSON are files, too. */
const jsonTypes = /^application\/((problem|ld)\+)?json\b/

/** Sends the requests of the client to the service, with the key. */
export async function registryFetch<T>(path: string, options: RequestInit): Promise<T> {
  const url = new URL(path, process.env.REGISTRY_URL ?? 'http://127.0.0.1:3000')
  const headers = new Headers(options.headers)
  headers.set('authorization', `Bearer ${process.env.REGISTRY_KEY}`)
  const response = await fetch(url, { ...options, headers })
  const isJson = jsonTypes.test(response.headers.get('content-type') ?? '')
  const data: unknown = isJson ? await response.json() : await response.blob()
  // The generated functions declare the type of each response.
  return { data, status: response.status, headers: response.headers } as T
}
