import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { VocabularyList } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { type Language, useLanguage } from './language.ts'

/** Labels of the words of enumerations and of properties. */
export interface Labels {
  /** `memorandum_of_understanding` is "Memorandum of understanding". */
  word(word: string): string
  /** `signedOn` is "Signed on", `signedOn[gte]` "Signed on ≥". */
  property(name: string): string
}

/** A name as it is written in code, in words. */
function humanize(name: string): string {
  const words = name.replaceAll(/[_-]/g, ' ').replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const operators: Readonly<Record<string, string>> = { gte: '≥', lte: '≤', gt: '>', lt: '<', ne: '≠' }

function createLabels({ tOr }: Language, vocabularies: VocabularyList | undefined): Labels {
  const words = new Map(
    vocabularies?.data.flatMap((vocabulary) => vocabulary.words.map(({ word, label }) => [word, label])),
  )
  return {
    // The roles of keys are words of no enumeration of the registry.
    word: (word) => words.get(word) ?? tOr(`role.${word}`, humanize(word)),
    property: (text) => {
      const [, name = text, operator] = /^(\w+)(?:\[(\w+)\])?$/.exec(text) ?? []
      const label = tOr(`property.${name}`, humanize(name))
      return operator === undefined ? label : `${label} ${operators[operator] ?? operator}`
    },
  }
}

export const LabelsContext = createContext<Labels>({ word: humanize, property: humanize })

export const useLabels = (): Labels => useContext(LabelsContext)

/** Reads the labels of all enumerations in the language of the page. Until they are there, words are their own labels. */
export function useVocabularies(): Labels {
  const language = useLanguage()
  return createLabels(language, useApi<VocabularyList>('/v1/vocabularies').body)
}
