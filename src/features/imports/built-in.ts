import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../package-root.ts'
import { Problem } from '../../problems/problem.ts'
import { didYouMeanSentence } from '../../problems/suggest.ts'

/** Names of the mappings that come with the registry. Their files are in `seeds/mappings/`. */
export const builtInMappings: readonly string[] = ['iati']

/**
 * Returns the text of the built-in mapping with the name `text` if `text` is only a name, otherwise `text` itself.
 * @throws Problem `invalid-mapping` if there is no built-in mapping of this name.
 */
export async function resolveMapping(text: string): Promise<string> {
  const name = text.trim()
  if (!/^[a-z][a-z0-9-]{0,50}$/.test(name)) return text
  if (!builtInMappings.includes(name))
    throw new Problem(
      'invalid-mapping',
      didYouMeanSentence(`There is no built-in mapping "${name}"`, name, builtInMappings),
    )
  return readFile(join(packageRoot, 'seeds', 'mappings', `${name}.yaml`), 'utf8')
}
