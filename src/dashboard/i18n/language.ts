import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { findResource } from '../api/resources.ts'
import english from './en.json' with { type: 'json' }
import chinese from './zh.json' with { type: 'json' }

/** Keys of the messages, except labels of properties: English has these only where the name is not a good label. */
export type MessageKey = Exclude<keyof typeof english, `property.${string}`>

/**
 * The messages of each language. For a further language, see the section "Dashboard" of `docs/development.md`.
 */
const catalogs = { en: english, zh: chinese } as const satisfies Record<string, Record<MessageKey, string>>

export type LanguageTag = keyof typeof catalogs

/** Formats messages, numbers and times in one language. */
export interface Language {
  tag: LanguageTag
  /** Returns a message, with its placeholders (names in braces) replaced by values. Right-to-left values are isolated. */
  t(key: MessageKey, values?: Readonly<Record<string, string | number>>): string
  /** Returns the message of a key that is computed at run time, or the fallback if there is no such message. */
  tOr(key: string, fallback: string): string
  /** Returns the message of a key that not every language has; undefined if this language does not have it. */
  find(key: string, values?: Readonly<Record<string, string>>): string | undefined
  /** Returns the name of a resource: `cooperation-bases` is "Cooperation bases". */
  resourceLabel(name: string): string
  /** Formats a number with all of its digits. Negative zero is 0. */
  number(value: number): string
  /** Returns the name of a language by its BCP 47 tag: `fr` is "French". */
  languageName(tag: string): string
  /** Formats an ISO 8601 time as date and time of day, in the time zone of the reader. Returns any other text unchanged. */
  dateTime(iso: string): string
}

const isLanguageTag = (text: string | null | undefined): text is LanguageTag =>
  text !== null && text !== undefined && Object.hasOwn(catalogs, text)

const storageKey = 'language'

/** Returns the stored language; null without one, and in browsers that block storage. */
function readStored(): string | null {
  try {
    return localStorage.getItem(storageKey)
  } catch {
    return null
  }
}

/** Stores the language, except in browsers that block storage: they keep it only in the URL. */
function store(tag: LanguageTag): void {
  try {
    localStorage.setItem(storageKey, tag)
  } catch {
    // The page works without it.
  }
}

/**
 * Returns the language that the URL requests with `lang`, and stores it unless the view is embedded, since a page of another site
 * then chose the language. If `lang` is missing or unknown, returns the stored language, otherwise the first of the browser's
 * languages that the dashboard has, otherwise English.
 */
export function selectLanguage(search: string): LanguageTag {
  const parameters = new URLSearchParams(search)
  const requested = parameters.get('lang')
  if (isLanguageTag(requested)) {
    if (parameters.get('embed') !== '1') store(requested)
    return requested
  }
  const remembered = readStored()
  if (isLanguageTag(remembered)) return remembered
  return navigator.languages.map((tag) => tag.split('-')[0]).find(isLanguageTag) ?? 'en'
}

/** A letter of a right-to-left script (the blocks that Unicode reserves for these scripts), or a character that reorders text. */
const rightToLeft =
  /[\u200f\u202a-\u202e\u2066-\u2069\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/** Isolates a right-to-left text (U+2068 and U+2069), so that it does not reorder the message around it. */
const isolate = (text: string): string => (rightToLeft.test(text) ? `\u2068${text}\u2069` : text)

/** Creates the texts and formats of a language. */
export function createLanguage(tag: LanguageTag): Language {
  const messages: Readonly<Record<string, string>> = catalogs[tag]
  // A number has at most 17 significant digits, so none of them is rounded.
  const numbers = new Intl.NumberFormat(tag, { maximumSignificantDigits: 17, signDisplay: 'negative' })
  const languages = new Intl.DisplayNames(tag, { type: 'language' })
  const dateTimes = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short' })
  const fill = (text: string, values: Readonly<Record<string, string | number>> = {}) =>
    text.replaceAll(/\{(\w+)\}/g, (_place, name: string) => isolate(String(values[name] ?? '')))
  return {
    tag,
    t: (key, values) => fill(messages[key] ?? key, values),
    tOr: (key, fallback) => messages[key] ?? fallback,
    find: (key, values) => (messages[key] === undefined ? undefined : fill(messages[key], values)),
    languageName: (other) => {
      try {
        return languages.of(other) ?? other
      } catch {
        // Intl refuses some well-formed tags, such as zh-yue.
        return other
      }
    },
    resourceLabel: (name) => findResource(name)?.label[tag] ?? name,
    number: (value) => numbers.format(value),
    dateTime: (iso) => (Number.isNaN(Date.parse(iso)) ? iso : dateTimes.format(new Date(iso))),
  }
}

/** The context in which components find the language of the page; English outside a page. */
export const LanguageContext = createContext<Language>(createLanguage('en'))

/** Returns the language of the page. */
export const useLanguage = (): Language => useContext(LanguageContext)
