import type { ResourceDescription } from './resources.ts'
import type { RecordDocument } from './types.ts'

interface Alias {
  name: string
  language: string
}

const isAlias = (value: unknown): value is Alias =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  typeof value.name === 'string' &&
  'language' in value &&
  typeof value.language === 'string'

/** Whether an alias of a record can be its title in a language. In English, the title itself is used. */
const usesAliases = (language: string): boolean => language !== 'en'

/** The properties with other names of a record. A resource has at most one of them. */
export const aliasLists = ['aliases', 'alternativeTitles']

/** Whether records of the resource can have a title in the language besides the value of their title property. */
export const hasTitlesIn = (language: string, { properties }: ResourceDescription): boolean =>
  usesAliases(language) && properties.some(({ name }) => aliasLists.includes(name))

/** Returns the properties that `titleOf` needs: the key, the title and, in other languages than English, one of `aliasLists`. */
export const titleProperties = (
  { key, title, properties }: ResourceDescription,
  language: string,
): string[] => [
  key,
  title,
  ...aliasLists.filter((list) => usesAliases(language) && properties.some(({ name }) => name === list)),
]

/** The names of the title property and of the key property of agreements, for `titleOf`. */
export const agreementTitleProperties = { title: 'title', key: 'id' }

/**
 * Returns the title of a record in a language: an alias in this language if there is one, otherwise the value of the title
 * property, otherwise the key.
 */
export function titleOf(
  { title, key }: Pick<ResourceDescription, 'title' | 'key'>,
  record: RecordDocument,
  language: string,
): string {
  const names = usesAliases(language) ? aliasLists.flatMap((list) => record[list] ?? []) : []
  const alias = names.filter(isAlias).find((one) => one.language.toLowerCase().split('-')[0] === language)
  return alias?.name ?? String(record[title] ?? record[key] ?? '')
}
