import type { Registry } from '../../model/registry.ts'
import { Problem } from '../../problems/problem.ts'
import { createConverter, parseMapping, type RowConverter, readCompanions } from './mapping/index.ts'
import type { LocalFile, OpenFile } from './reading/file.ts'
import { readRows } from './reading/index.ts'

/** The file of an import, and the functions that process its rows. */
export type RowSource = RowConverter & Required<OpenFile>

/**
 * Opens the files of an import as its mapping says. The first file has the rows. The others are companion files: lists of codes
 * and joined files. The mapping may also join the first file, by its name.
 * @param text the mapping, in YAML or JSON.
 * @throws Problem when the mapping or a file cannot be read, or they do not match.
 */
export async function openRows(
  text: string,
  files: readonly LocalFile[],
  { registry, signal }: { registry: Registry; signal: AbortSignal },
): Promise<RowSource> {
  const mapping = parseMapping(text, registry)
  const [file, ...others] = files
  if (!file) throw new Problem('not-found', 'The import has no file.')
  const companions = await readCompanions(mapping, others, { imported: file, signal })
  const opened = await readRows(file, mapping.rows, { signal })
  try {
    return { ...createConverter(mapping, registry, opened.fileInfo, companions), ...opened }
  } catch (error) {
    await opened.close()
    throw error
  }
}
