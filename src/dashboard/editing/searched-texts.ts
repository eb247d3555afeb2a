import { createContext } from 'preact'
import { useCallback, useContext, useEffect, useId, useMemo, useState } from 'preact/hooks'
import type { Fault } from '../api/client.ts'

/** A text in the search of a field, for which no record has been picked, with the pointer and the label of the field. */
interface SearchedText {
  pointer: string
  label: string
  text: string
}

type Report = (id: string, searched: SearchedText | undefined) => void

export const SearchedTextsContext = createContext<Report>(() => {})

/**
 * Collects the texts in the searches of a form.
 * @returns the function for `SearchedTextsContext`, and a fault for each text.
 */
export function useSearchedTexts(): { report: Report; faults: readonly Fault[] } {
  const [texts, setTexts] = useState<ReadonlyMap<string, SearchedText>>(new Map())
  const report = useCallback<Report>((id, searched) => {
    setTexts((current) => {
      const next = new Map(current)
      if (searched) next.set(id, searched)
      else next.delete(id)
      return next
    })
  }, [])
  const faults = useMemo(
    () =>
      [...texts.values()].map(({ text, ...field }) => ({ ...field, code: 'only_searched', message: text })),
    [texts],
  )
  return { report, faults }
}

/** Reports the text in the search of a field to its form. @returns a function that takes the current text. */
export function useReportText(pointer: string, label: string): (text: string) => void {
  const report = useContext(SearchedTextsContext)
  const id = useId()
  const [text, setText] = useState('')
  useEffect(() => {
    if (text === '') return
    report(id, { pointer, label, text })
    return () => report(id, undefined)
  }, [report, id, pointer, label, text])
  return setText
}
