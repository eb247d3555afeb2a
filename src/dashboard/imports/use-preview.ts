import { useCallback, useEffect, useState } from 'preact/hooks'
import { type ApiError, toApiError } from '../api/client.ts'
import type { ImportPreview } from '../api/types.ts'
import { useRetries } from '../api/use-retries.ts'
import { useLanguage } from '../i18n/language.ts'
import { sendFiles } from './send-files.ts'

export type MappingFault = ImportPreview['mappingFaults'][number]

/** The input of a new import. */
export interface ImportInput {
  mapping: string
  file: File | undefined
  /** Code lists and joined files that the mapping names. */
  companions: readonly File[]
}

/** The state of the preview. While it is loading, `preview` and `error` are the previous result. */
export interface PreviewState {
  isLoading: boolean
  preview?: ImportPreview | undefined
  error?: ApiError | undefined
  retry(): void
}

/** Delay between the last change of the input and the request for a preview. */
const delayMs = 500

/** Maximum bytes sent of a file for a preview. XLSX files are sent whole, since a ZIP file has its directory at the end. */
const beginningBytes = 4 * 2 ** 20

const beginning = (file: File): Blob =>
  /\.xlsx$/i.test(file.name) ? file : file.slice(0, beginningBytes, file.type)

/**
 * Returns the body of a request with the input of an import.
 * @param partOf returns the part of the imported file that is sent; by default the whole file.
 */
export function toFormData(
  { mapping, file, companions }: ImportInput,
  partOf = (whole: File): Blob => whole,
): FormData {
  const body = new FormData()
  // The service creates the import from the mapping before it stores the first file, so the mapping must come first.
  body.append('mapping', new Blob([mapping]), 'mapping.yaml')
  if (file) body.append('file', partOf(file), file.name)
  for (const companion of companions) body.append('list', companion, companion.name)
  return body
}

async function readPreview(
  input: ImportInput,
  language: string,
  signal: AbortSignal,
): Promise<ImportPreview> {
  const response = await sendFiles('/v1/imports/preview', {
    method: 'POST',
    headers: { accept: 'application/json', 'accept-language': language },
    body: toFormData(input, beginning),
    signal,
  })
  // Tests validate the responses of the service against the OpenAPI document.
  return (await response.json()) as ImportPreview
}

/** Whether the user has not written a mapping yet. */
export const isBlank = (mapping: string): boolean => mapping.trim() === ''

/** Removes the faults of a blank mapping. Otherwise a new text would show these faults until its own preview arrives. */
const withoutFaultsOfBlank = (mapping: string, preview: ImportPreview): ImportPreview =>
  isBlank(mapping) ? { ...preview, mappingFaults: [] } : preview

/** Requests a preview of an import when its input has not changed for `delayMs`, and again after temporary failures. */
export function usePreview(input: ImportInput): PreviewState {
  const { tag } = useLanguage()
  const { mapping, file, companions } = input
  const [attempt, setAttempt] = useState(0)
  const [state, setState] = useState<Omit<PreviewState, 'retry'>>({ isLoading: false })
  const retry = useCallback(() => setAttempt((count) => count + 1), [])
  useRetries(state.error, retry)
  const isEmpty = isBlank(mapping) && file === undefined
  useEffect(() => {
    if (isEmpty) return setState({ isLoading: false })
    const controller = new AbortController()
    setState((previous) => ({ ...previous, isLoading: true }))
    const timer = setTimeout(() => {
      readPreview(input, tag, controller.signal).then(
        (preview) => setState({ preview: withoutFaultsOfBlank(mapping, preview), isLoading: false }),
        (error: unknown) => {
          if (!controller.signal.aborted) setState({ error: toApiError(error), isLoading: false })
        },
      )
    }, delayMs)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [mapping, file, companions, tag, attempt, isEmpty])
  return { ...state, retry }
}

/** Returns the faults in the mapping; none while it is blank. */
export const mappingFaultsOf = (
  { mapping }: ImportInput,
  { preview }: PreviewState,
): readonly MappingFault[] => (isBlank(mapping) ? [] : (preview?.mappingFaults ?? []))
