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

/** The property with the names of a record in other languages, if the resource has it and the language needs it. */
export const aliasProperty = ({ properties }: ResourceDescription, language: string): string[] =>
  language !== 'en' && properties.some(({ name }) => name === 'aliases') ? ['aliases'] : []

/** The name of a record in a language: an alias in it if there is one, otherwise its title or its key. */
export function titleOf(
  { title, key }: ResourceDescription,
  record: RecordDocument,
  language: string,
): string {
  const aliases: unknown[] = Array.isArray(record.aliases) && language !== 'en' ? record.aliases : []
  const alias = aliases.filter(isAlias).find((one) => one.language.split('-')[0] === language)
  return alias?.name ?? String(record[title] ?? record[key] ?? '')
}
