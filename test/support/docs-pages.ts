import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../src/package-root.ts'

const docs = (await readdir(join(packageRoot, 'docs'))).filter((name) => name.endsWith('.md'))

/** The paths of README.md and of the pages in `docs`, relative to the root of the repository. */
export const pages = ['README.md', ...docs.map((name) => `docs/${name}`)]

/** Reads a page as text. @throws if the page does not exist. */
export const readPage = (page: string): Promise<string> => readFile(join(packageRoot, page), 'utf8')
