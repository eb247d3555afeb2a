import { readApi } from './client.ts'
import { mergeNames } from './names.ts'
import { withQuery } from './path.ts'
import type { Names, Page } from './types.ts'
import { type ApiState, useRead } from './use-read.ts'

/** The records of a list, and whether there are more than were read. */
export interface Records<Item> {
  data: Item[]
  /** The names of the records to which `data` refers, if they were requested with `include=names`. */
  names: Names
  hasMore: boolean
}

type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>

/** Number of records on a page of a list. */
const pageSize = 200

async function readPages<Item>(
  path: string,
  parameters: Parameters,
  maxPages: number,
  read: (path: string) => Promise<Page<Item>>,
): Promise<Records<Item>> {
  const data: Item[] = []
  let names: Names = {}
  let cursor: string | undefined
  for (let count = 0; count < maxPages; count += 1) {
    const body = await read(withQuery(path, { ...parameters, limit: pageSize, cursor }))
    data.push(...body.data)
    names = mergeNames(names, body.names)
    if (body.page.next === null) return { data, names, hasMore: false }
    cursor = body.page.next
  }
  return { data, names, hasMore: true }
}

/** Reads a list page by page: at most `maxPages` pages of 200 records each. If `path` is null, it sends no request. */
export const usePages = <Item>(
  path: string | null,
  parameters: Parameters,
  maxPages: number,
): ApiState<Records<Item>> =>
  useRead(path && `${maxPages} pages of ${withQuery(path, parameters)}`, (language, signal) =>
    readPages<Item>(path ?? '', parameters, maxPages, (pagePath) =>
      readApi<Page<Item>>(pagePath, language, signal),
    ),
  )
