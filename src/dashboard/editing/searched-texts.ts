import { createContext } from 'preact'
import { useCallback, useContext, useEffect, useId, useMemo, useState } from 'preact/hooks'
import type { Fault } from '../api/client.ts'

/** A field whose search has a text, although no record has been picked. */
interface SearchedField {
  pointer: string
  label: string
}

/** Called with undefined when the search of a field has no text any more. */
type Report = (id: string, field: SearchedField | undefined) => void

export const SearchedTextsContext = createContext<Report>(() => {})

/**
 * Collects the fields of a form whose searches have a text.
 * @returns the function for `SearchedTextsContext`, and a fault for each of these fields.
 */
export function useSearchedTexts(): { report: Report; faults: readonly Fault[] } {
  const [searched, setSearched] = useState<ReadonlyMap<string, SearchedField>>(new Map())
  const report = useCallback<Report>((id, field) => {
    setSearched((current) => {
      const next = new Map(current)
      if (field) next.set(id, field)
      else next.delete(id)
      return next
    })
  }, [])
  // The dashboard has a message for the code. The text itself must not be a message: it could be translated like one.
  const faults = useMemo(
    () => [...searched.values()].map((field) => ({ ...field, code: 'only_searched', message: '' })),
    [searched],
  )
  return { report, faults }
}

/** Reports to the form whether the search of a field has a text. @returns a function that takes the current text. */
export function useReportText(pointer: string, label: string): (text: string) => void {
  const report = useContext(SearchedTextsContext)
  const id = useId()
  const [hasText, setHasText] = useState(false)
  useEffect(() => {
    if (!hasText) return
    report(id, { pointer, label })
    return () => report(id, undefined)
  }, [report, id, pointer, label, hasText])
  return (text) => setHasText(text !== '')
}
