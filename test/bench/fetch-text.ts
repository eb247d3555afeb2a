/** Sends a request to the service. @returns the text of the response. @throws when the response has an error status. */
export async function fetchText(url: string, init: RequestInit = {}): Promise<string> {
  const response = await fetch(url, init)
  const text = await response.text()
  if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${url}: ${response.status} ${text}`)
  return text
}

/** The ids on a page of a list, and the parameter that continues the list after the page, unless it is the last. */
interface IdPage {
  ids: string[]
  cursor: string | undefined
}

/** Reads the ids of records page by page. @param list URL of a list, with a query string. */
export async function* readIds(list: string): AsyncGenerator<IdPage> {
  let cursor: string | undefined = ''
  while (cursor !== undefined) {
    // The tests of the service check this response against the OpenAPI document.
    const { data, page } = JSON.parse(await fetchText(list + cursor)) as {
      data: { id: string }[]
      page: { next: string | null }
    }
    cursor = page.next === null ? undefined : `&cursor=${encodeURIComponent(page.next)}`
    yield { ids: data.map(({ id }) => id), cursor }
  }
}
