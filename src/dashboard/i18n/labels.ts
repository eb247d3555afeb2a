import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { findResource } from '../api/resources.ts'
import type { VocabularyList } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { type Language, useLanguage } from './language.ts'

/** Labels of the values of enumerations (the words of vocabularies) and of properties. */
export interface Labels {
  /** Returns the label of a word: `memorandum_of_understanding` is "Memorandum of understanding". */
  word(word: string): string
  /** Returns the label of a property or filter: `signedOn` is "Signed on", `signedOn[gte]` "Signed on ≥". Ignores `[]` at the end. */
  property(name: string): string
}

/** Converts an identifier to readable text: `signedOn` to "Signed on". */
function humanize(name: string): string {
  const words = name.replaceAll(/[_-]/g, ' ').replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Operators that are symbols in every language. */
const symbols: Readonly<Record<string, string>> = { gte: '≥', lte: '≤', gt: '>', lt: '<', ne: '≠' }

/**
 * Returns the labels in a language. A property without a text of its own gets the label of the resource that has its name, such
 * as `projects`, otherwise a label that is derived from the name.
 * @param vocabularies the labels of words; undefined until they have loaded.
 */
export function createLabels({ tag, tOr }: Language, vocabularies: VocabularyList | undefined): Labels {
  const words = new Map(
    vocabularies?.data.flatMap((vocabulary) => vocabulary.words.map(({ word, label }) => [word, label])),
  )
  return {
    // The roles of API keys are not in the vocabularies.
    word: (word) => words.get(word) ?? tOr(`role.${word}`, humanize(word)),
    property: (text) => {
      const [, name = text, operator] = /^(\w+)(?:\[(\w+)\])?(?:\[\])?$/.exec(text) ?? []
      const label = tOr(`property.${name}`, findResource(name)?.label[tag] ?? humanize(name))
      return operator === undefined
        ? label
        : `${label} ${symbols[operator] ?? tOr(`operator.${operator}`, operator)}`
    },
  }
}

/** The context in which components find labels. By default, labels are derived from the words and names. */
export const LabelsContext = createContext<Labels>({ word: humanize, property: humanize })

/** Returns the labels of the page. */
export const useLabels = (): Labels => useContext(LabelsContext)

/** Reads the labels of all vocabularies in the page's language. Until they load, labels are derived from the words. */
export function useVocabularyLabels(): Labels {
  const language = useLanguage()
  return createLabels(language, useApi<VocabularyList>('/v1/vocabularies').body)
}
