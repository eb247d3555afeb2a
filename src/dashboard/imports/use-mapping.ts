import { useRef, useState } from 'preact/hooks'
import { type ApiError, toApiError } from '../api/client.ts'
import { useLanguage } from '../i18n/language.ts'

/** The text of a mapping that is being edited. */
export interface EditedMapping {
  text: string
  /** The error of the last `choose`, if the text could not be read. */
  error: ApiError | undefined
  /** Takes the text that the user has written. */
  write: (text: string) => void
  /**
   * Replaces the text by what `read` returns, unless the user has written or chosen another text in the meantime. Asks for
   * confirmation before it replaces a text that the user has written, since the browser cannot undo this.
   */
  choose: (read: () => string | Promise<string>) => Promise<void>
}

/** Holds the mapping of a new import. It is empty at first. */
export function useMapping(): EditedMapping {
  const { t } = useLanguage()
  const [text, setText] = useState('')
  const [error, setError] = useState<ApiError>()
  // Counts the changes, so that `choose` notices a later one.
  const changes = useRef(0)
  const chosen = useRef('')
  const write = (next: string) => {
    changes.current += 1
    setText(next)
    setError(undefined)
  }
  const choose = async (read: () => string | Promise<string>) => {
    if (text !== '' && text !== chosen.current && !confirm(t('imports.replaceMapping'))) return
    changes.current += 1
    const own = changes.current
    try {
      const next = await read()
      if (changes.current !== own) return
      chosen.current = next
      write(next)
    } catch (failure) {
      if (changes.current === own) setError(toApiError(failure))
    }
  }
  return { text, error, write, choose }
}
