import { useEffect, useState } from 'preact/hooks'
import { type LanguageTag, useLanguage } from './language.ts'

/** Returns a sentence of the service in another language, or undefined when the language has no words for it. */
export type Translate = (sentence: string) => string | undefined

/**
 * Sentences in another language by those of the service, which are in English and have a name in braces for each part that
 * varies. A part whose name begins with a capital is translated, too.
 */
export type Sentences = Readonly<Record<string, string>>

/** The sentences of each language but English. A further language is a file and a line here. */
const catalogs: Partial<Record<LanguageTag, () => Promise<{ default: Sentences }>>> = {
  zh: () => import('./sentences.zh.json'),
}

const part = /\{([A-Za-z]+)\}/

const escapeText = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

/** A sentence may stand alone, or as a part of another one: its first letter and its full stop do not matter. */
function toExpression(english: string): RegExp {
  // Every second piece is the name of a part.
  const pieces = english.split(part).map((piece, index) => (index % 2 === 1 ? '(.+?)' : escapeText(piece)))
  return new RegExp(`^${pieces.join('')}\\.?$`, 'is')
}

/** Makes the translation of a catalog. The first of its sentences that fits, with all its parts, is taken. */
export function createTranslate(sentences: Sentences): Translate {
  const entries = Object.entries(sentences).map(([english, translated]) => ({
    expression: toExpression(english),
    names: english.split(part).filter((_piece, index) => index % 2 === 1),
    translated,
  }))
  const translate: Translate = (sentence) => {
    for (const { expression, names, translated } of entries) {
      const found = expression.exec(sentence)
      if (!found) continue
      const parts = names.map((name, index): [string, string | undefined] => {
        const text = found[index + 1] ?? ''
        return [name, /^[A-Z]/.test(name) ? translate(text) : text]
      })
      if (parts.every(([, text]) => text !== undefined)) return fill(translated, Object.fromEntries(parts))
    }
    return undefined
  }
  return translate
}

const fill = (text: string, values: Readonly<Record<string, string | undefined>>): string =>
  text.replaceAll(new RegExp(part, 'g'), (placeholder, name: string) => values[name] ?? placeholder)

const translations = new Map<LanguageTag, Promise<Translate>>()

function loadTranslate(tag: LanguageTag): Promise<Translate> | undefined {
  const load = catalogs[tag]
  if (load && !translations.has(tag))
    translations.set(
      tag,
      load().then(({ default: sentences }) => createTranslate(sentences)),
    )
  return translations.get(tag)
}

/** Returns the translation into the page's language. Until it is loaded, nothing has one. */
export function useTranslate(): Translate {
  const { tag } = useLanguage()
  const [loaded, setLoaded] = useState<{ tag: LanguageTag; translate: Translate }>()
  useEffect(() => {
    loadTranslate(tag)?.then(
      (translate) => setLoaded({ tag, translate }),
      // A text without a translation is shown in English.
      () => undefined,
    )
  }, [tag])
  return loaded?.tag === tag ? loaded.translate : () => undefined
}
