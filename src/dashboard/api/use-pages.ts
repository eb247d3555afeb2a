import { useEffect, useState } from 'preact/hooks'
import { useLanguage } from '../i18n/language.ts'
import { ApiError, readApi } from './client.ts'
import { apiPath } from './path.ts'
import type { Page } from './types.ts'
import type { ApiState } from './use-api.ts'

/** The records of a list, and whether there are more than were read. */
export interface Records<Item> {
  data: Item[]
  hasMore: boolean
}

type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>

/** Records of one page of a list. */
const pageSize = 200

async function readPages<Item>(
  path: string,
  parameters: Parameters,
  maxPages: number,
  read: (path: string) => Promise<Page<Item>>,
): Promise<Records<Item>> {
  const data: Item[] = []
  let cursor: string | undefined
  for (let count = 0; count < maxPages; count += 1) {
    const { data: items, page } = await read(apiPath(path, { ...parameters, limit: pageSize, cursor }))
    data.push(...items)
    if (page.next === null) return { data, hasMore: false }
    cursor = page.next
  }
  return { data, hasMore: true }
}

/** Reads a list page by page, up to a number of pages of 200 records. */
export function usePages<Item>(
  path: string,
  parameters: Parameters,
  maxPages: number,
): ApiState<Records<Item>> {
  const { tag } = useLanguage()
  const [attempt, setAttempt] = useState(0)
  const [state, setState] = useState<{ key: string; body?: Records<Item>; error?: ApiError }>()
  const key = `${tag} ${apiPath(path, parameters)}`
  useEffect(() => {
    const { signal, abort } = abortable()
    readPages<Item>(path, parameters, maxPages, (page) => readApi<Page<Item>>(page, tag, signal)).then(
      (body) => setState({ key, body }),
      (error: unknown) => {
        if (signal.aborted) return
        setState({ key, error: error instanceof ApiError ? error : new ApiError(0, String(error)) })
      },
    )
    return abort
  }, [key, attempt])
  const retry = () => setAttempt((count) => count + 1)
  if (state?.key !== key) return { status: 'loading', retry }
  const { body, error } = state
  if (error) return { status: 'failed', error, retry }
  return body ? { status: 'ready', body, retry } : { status: 'loading', retry }
}

function abortable(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}
