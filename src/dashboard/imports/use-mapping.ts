import { useRef, useState } from 'preact/hooks'
import { type ApiError, toApiError } from '../api/client.ts'

/** The text of a mapping that is being edited. */
export interface EditedMapping {
  text: string
  /** The error of the last `load`, if it failed. */
  error: ApiError | undefined
  change: (text: string) => void
  /** Takes a text when it has been read, unless the mapping has been changed, or another text requested, in the meantime. */
  load: (reading: Promise<string>) => Promise<void>
}

/** Holds the mapping of a new import. It is empty at first. */
export function useMapping(): EditedMapping {
  const [text, setText] = useState('')
  const [error, setError] = useState<ApiError>()
  const changes = useRef(0)
  const change = (next: string) => {
    changes.current += 1
    setText(next)
    setError(undefined)
  }
  const load = async (reading: Promise<string>) => {
    changes.current += 1
    const before = changes.current
    try {
      const next = await reading
      if (changes.current === before) change(next)
    } catch (failure) {
      if (changes.current === before) setError(toApiError(failure))
    }
  }
  return { text, error, change, load }
}
