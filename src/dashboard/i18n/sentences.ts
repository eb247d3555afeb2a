import { useEffect, useState } from 'preact/hooks'
import { type LanguageTag, useLanguage } from './language.ts'

/** Translates an English sentence of the service. Returns undefined if there is no translation. */
export type Translator = (sentence: string) => string | undefined

/**
 * Translations; the keys are the English sentences of the service. A sentence has placeholders (names in braces) for variable
 * text, and its translation repeats those whose text it shows. The text for a placeholder whose name begins with a capital
 * letter is translated, too. `{number}` stands for digits and commas, and for no other text.
 */
export type Sentences = Readonly<Record<string, string>>

/** Loads the sentences of each language except English. To add a language, add a file and an entry here. */
const catalogs: Partial<Record<LanguageTag, () => Promise<{ default: Sentences }>>> = {
  zh: () => import('./sentences.zh.json'),
}

const placeholder = /\{([A-Za-z]+)\}/

const escapeText = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

/** Returns the pattern of a sentence. It ignores case and the final full stop, since a sentence may be part of another. */
function toExpression(english: string): RegExp {
  const pieces = english.split(placeholder)
  // Every second piece is the name of a placeholder.
  const patterns = pieces.map((piece, index) => {
    if (index % 2 === 0) return escapeText(piece)
    if (piece === 'number') return String.raw`([\d,]+)`
    // The suggestion at the end of a message and the reasons for values that are kept have translations of their own.
    return /^[A-Z]/.test(piece)
      ? '(.+?)'
      : '((?:(?!; (?:did you mean|it can be|find it with) |(?:^|; )kept ).)+?)'
  })
  return new RegExp(`^${patterns.join('')}\\.?$`, 'is')
}

/** Maximum number of sentences within one another. */
const maxDepth = 5

/** Returns the length of the text of a sentence without its placeholders. */
const fixedLength = (english: string): number => english.replaceAll(new RegExp(placeholder, 'g'), '').length

/**
 * Creates a translator. Of the matching sentences whose placeholders can be translated, it uses the one with the longest fixed
 * text: `there is no {key} in {resource}` is more exact than `there is no {name}`.
 */
export function createTranslator(sentences: Sentences): Translator {
  const entries = Object.entries(sentences)
    .sort(([one], [other]) => fixedLength(other) - fixedLength(one))
    .map(([english, translated]) => ({
      expression: toExpression(english),
      names: english.split(placeholder).filter((_piece, index) => index % 2 === 1),
      translated,
    }))
  const translate = (sentence: string, depth: number): string | undefined => {
    // The time grows exponentially with the depth, and messages have few levels.
    if (depth > maxDepth) return undefined
    for (const { expression, names, translated } of entries) {
      const found = expression.exec(sentence)
      if (!found) continue
      const values = names.map((name, index): [string, string | undefined] => {
        const text = found[index + 1] ?? ''
        return [name, /^[A-Z]/.test(name) ? translate(text, depth + 1) : text]
      })
      if (values.every(([, text]) => text !== undefined)) return fill(translated, Object.fromEntries(values))
    }
    return undefined
  }
  return (sentence) => translate(sentence, 0)
}

const fill = (text: string, values: Readonly<Record<string, string | undefined>>): string =>
  text.replaceAll(new RegExp(placeholder, 'g'), (match, name: string) => values[name] ?? match)

const translators = new Map<LanguageTag, Promise<Translator>>()

function loadTranslator(tag: LanguageTag): Promise<Translator> | undefined {
  const load = catalogs[tag]
  if (load && !translators.has(tag))
    translators.set(
      tag,
      load().then(
        ({ default: sentences }) => createTranslator(sentences),
        (error: unknown) => {
          // When the next text is shown, the sentences are loaded again.
          translators.delete(tag)
          throw error
        },
      ),
    )
  return translators.get(tag)
}

/** Returns the translator into the page's language. Until its sentences have loaded, the translator returns undefined. */
export function useTranslator(): Translator {
  const { tag } = useLanguage()
  const [loaded, setLoaded] = useState<{ tag: LanguageTag; translate: Translator }>()
  useEffect(() => {
    loadTranslator(tag)?.then(
      (translate) => setLoaded({ tag, translate }),
      // A text without a translation is shown in English.
      () => undefined,
    )
  }, [tag])
  return loaded?.tag === tag ? loaded.translate : () => undefined
}
