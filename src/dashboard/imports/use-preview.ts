import { useCallback, useEffect, useState } from 'preact/hooks'
import { type ApiError, sendRequest, toApiError } from '../api/client.ts'
import type { ImportPreview } from '../api/types.ts'
import { useLanguage } from '../i18n/language.ts'

export type MappingFault = ImportPreview['mappingFaults'][number]

/** The input of a new import. */
export interface ImportInput {
  mapping: string
  file: File | undefined
  lists: readonly File[]
}

/** The current preview. While the next one is computed, the last one stays. */
export interface PreviewState {
  isLoading: boolean
  preview?: ImportPreview | undefined
  error?: ApiError | undefined
  retry(): void
}

/** Milliseconds without a change of the mapping after which it is previewed. */
const delayMs = 500

/** Bytes of a file that are sent for a preview. An XLSX file must be whole, since its table of contents is at its end. */
const beginningBytes = 4 * 2 ** 20

const beginning = (file: File): Blob =>
  /\.xlsx$/i.test(file.name) ? file : file.slice(0, beginningBytes, file.type)

async function readPreview(
  { mapping, file, lists }: ImportInput,
  language: string,
  signal: AbortSignal,
): Promise<ImportPreview> {
  const body = new FormData()
  body.append('mapping', new Blob([mapping]), 'mapping.yaml')
  if (file) body.append('file', beginning(file), file.name)
  for (const list of lists) body.append('list', list, list.name)
  const response = await sendRequest('/v1/imports/preview', {
    method: 'POST',
    headers: { accept: 'application/json', 'accept-language': language },
    body,
    signal,
  })
  // The service validates its responses against the OpenAPI document in its tests.
  return (await response.json()) as ImportPreview
}

/** Previews an import whenever what is entered has changed, a moment after the last change. */
export function usePreview(input: ImportInput): PreviewState {
  const { tag } = useLanguage()
  const { mapping, file, lists } = input
  const [attempt, setAttempt] = useState(0)
  const [state, setState] = useState<Omit<PreviewState, 'retry'>>({ isLoading: false })
  const retry = useCallback(() => setAttempt((count) => count + 1), [])
  const isEmpty = mapping.trim() === '' && file === undefined
  useEffect(() => {
    if (isEmpty) return setState({ isLoading: false })
    const controller = new AbortController()
    setState(({ preview }) => ({ preview, isLoading: true }))
    const timer = setTimeout(() => {
      readPreview(input, tag, controller.signal).then(
        (preview) => setState({ preview, isLoading: false }),
        (error: unknown) => {
          if (!controller.signal.aborted) setState({ error: toApiError(error), isLoading: false })
        },
      )
    }, delayMs)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [mapping, file, lists, tag, attempt, isEmpty])
  return { ...state, retry }
}
