import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The nearest parent folder with a package.json. It contains migrations/ and seeds/, whether this file runs from src/ or,
 * after a build, from dist/.
 */
export const packageRoot = nearestPackage(import.meta.dirname)

function nearestPackage(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  const parent = dirname(folder)
  if (parent === folder) throw new Error(`no package.json in ${import.meta.dirname} or above`)
  return nearestPackage(parent)
}

/** The version of this package and of the API's contract. */
export const packageVersion: string = JSON.parse(
  readFileSync(join(packageRoot, 'package.json'), 'utf8'),
).version
