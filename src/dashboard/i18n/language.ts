import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import english from './en.json' with { type: 'json' }
import chinese from './zh.json' with { type: 'json' }

/** Names of the dashboard's texts. Properties need a label only where their name in words is not good enough. */
export type MessageKey = Exclude<keyof typeof english, `property.${string}`>

/** Languages of the dashboard. A further one is a file of messages and a line here. */
const catalogs = { en: english, zh: chinese } as const satisfies Record<string, Record<MessageKey, string>>

export type LanguageTag = keyof typeof catalogs

/** Texts, numbers and dates in one language. */
export interface Language {
  tag: LanguageTag
  /** Returns a text, with the values in the places of their names in braces. */
  t(key: MessageKey, values?: Readonly<Record<string, string | number>>): string
  /** Returns the text of a key that is made at run time, or the fallback when there is none. */
  tOr(key: string, fallback: string): string
  /** Returns the text of a key that not every language has, or undefined when this one has none. */
  find(key: string, values?: Readonly<Record<string, string>>): string | undefined
  number(value: number): string
  /** The name of a language by its BCP 47 tag: `fr` is "French". */
  languageName(tag: string): string
  /** A moment with its time, in the time zone of the reader. */
  moment(iso: string): string
}

const isLanguageTag = (text: string | null | undefined): text is LanguageTag =>
  text !== null && text !== undefined && Object.hasOwn(catalogs, text)

const storageKey = 'language'

/**
 * Returns the language that the URL asks for with `lang`, and remembers it; otherwise the remembered one, otherwise the first
 * of the browser's languages that the dashboard has.
 */
export function rememberLanguage(search: string): LanguageTag {
  const requested = new URLSearchParams(search).get('lang')
  if (isLanguageTag(requested)) {
    localStorage.setItem(storageKey, requested)
    return requested
  }
  const remembered = localStorage.getItem(storageKey)
  if (isLanguageTag(remembered)) return remembered
  return navigator.languages.map((tag) => tag.split('-')[0]).find(isLanguageTag) ?? 'en'
}

export function createLanguage(tag: LanguageTag): Language {
  const messages: Readonly<Record<string, string>> = catalogs[tag]
  const numbers = new Intl.NumberFormat(tag)
  const languages = new Intl.DisplayNames(tag, { type: 'language' })
  const moments = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short' })
  const fill = (text: string, values: Readonly<Record<string, string | number>> = {}) =>
    text.replaceAll(/\{(\w+)\}/g, (_place, name: string) => String(values[name] ?? ''))
  return {
    tag,
    t: (key, values) => fill(messages[key] ?? key, values),
    tOr: (key, fallback) => messages[key] ?? fallback,
    find: (key, values) => (messages[key] === undefined ? undefined : fill(messages[key], values)),
    languageName: (other) => {
      try {
        return languages.of(other) ?? other
      } catch {
        // The registry accepts some tags that are not valid BCP 47.
        return other
      }
    },
    number: (value) => numbers.format(value),
    moment: (iso) => moments.format(new Date(iso)),
  }
}

export const LanguageContext = createContext<Language>(createLanguage('en'))

export const useLanguage = (): Language => useContext(LanguageContext)
