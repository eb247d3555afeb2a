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

/** Returns `['aliases']` if the resource has aliases and the language is not English; otherwise an empty list. */
export const aliasProperties = ({ properties }: ResourceDescription, language: string): string[] =>
  language !== 'en' && properties.some(({ name }) => name === 'aliases') ? ['aliases'] : []

/**
 * Returns the name of a record: an alias in the language if there is one, otherwise the title, otherwise the key. For
 * English, aliases are not used.
 */
export function titleOf(
  { title, key }: ResourceDescription,
  record: RecordDocument,
  language: string,
): string {
  const aliases: unknown[] = Array.isArray(record.aliases) && language !== 'en' ? record.aliases : []
  const alias = aliases.filter(isAlias).find((one) => one.language.split('-')[0] === language)
  return alias?.name ?? String(record[title] ?? record[key] ?? '')
}
