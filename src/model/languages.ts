import type { SQL } from 'drizzle-orm'

/** The languages of names and labels (BCP 47), the default first. */
export const languages = ['en', 'zh'] as const

export type Language = (typeof languages)[number]

export const defaultLanguage: Language = languages[0]

/** Returns SQL of the name or label of a value, in a language. */
export type LabelSql = (value: SQL, language: Language) => SQL

/** Returns the language of a BCP 47 tag without script and region: `zh` for `zh-Hans-CN`. */
export const primaryLanguage = (tag: string): string => tag.toLowerCase().split('-')[0] ?? ''
