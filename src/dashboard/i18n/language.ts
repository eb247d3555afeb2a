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
  number(value: number): string
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
  const asked = new URLSearchParams(search).get('lang')
  if (isLanguageTag(asked)) {
    localStorage.setItem(storageKey, asked)
    return asked
  }
  const remembered = localStorage.getItem(storageKey)
  if (isLanguageTag(remembered)) return remembered
  return navigator.languages.map((tag) => tag.split('-')[0]).find(isLanguageTag) ?? 'en'
}

export function createLanguage(tag: LanguageTag): Language {
  const messages: Readonly<Record<string, string>> = catalogs[tag]
  const numbers = new Intl.NumberFormat(tag)
  const moments = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short' })
  return {
    tag,
    t: (key, values = {}) =>
      (messages[key] ?? key).replaceAll(/\{(\w+)\}/g, (_place, name: string) => String(values[name] ?? '')),
    tOr: (key, fallback) => messages[key] ?? fallback,
    number: (value) => numbers.format(value),
    moment: (iso) => moments.format(new Date(iso)),
  }
}

export const LanguageContext = createContext<Language>(createLanguage('en'))

export const useLanguage = (): Language => useContext(LanguageContext)
