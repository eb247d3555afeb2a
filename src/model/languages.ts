import type { SQL } from 'drizzle-orm'

/** The languages of names and labels (BCP 47), the default first. */
export const languages = ['en', 'zh'] as const

export type Language = (typeof languages)[number]

export const defaultLanguage: Language = languages[0]

/** Returns SQL of the name or label of a value, in a language. */
export type LabelSql = (value: SQL, language: Language) => SQL

/** Returns the supported language that a BCP 47 tag means: `zh` for `zh-Hans-CN`; undefined for any other language. */
export function supportedLanguage(tag: string): Language | undefined {
  const [primary = ''] = tag.toLowerCase().split('-')
  return languages.find((language) => language === primary)
}
