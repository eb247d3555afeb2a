import { stringify } from 'yaml'
import { startSlices } from '../../time-slice.ts'

/** Levels of members that are written one by one: paths, and components by their kind. */
const levels = 2

/** Yields the lines of members in pieces, each a few milliseconds of work. */
function* writePieces(members: object, levelsLeft: number, indent: string): Generator<string> {
  for (const [name, value] of Object.entries(members)) {
    const isNested = typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 0
    if (isNested && levelsLeft > 0) {
      yield `${indent}${stringify(name).trimEnd()}:\n`
      yield* writePieces(value, levelsLeft - 1, `${indent}  `)
    } else {
      const lines = stringify({ [name]: value }, { aliasDuplicateObjects: false })
      yield lines.replaceAll(/^(?=.)/gm, indent)
    }
  }
}

/** Writes an OpenAPI document as YAML, in slices: at once it would take half a second. */
export async function writeYaml(document: object): Promise<string> {
  const pause = startSlices()
  const pieces: string[] = []
  for (const piece of writePieces(document, levels, '')) {
    pieces.push(piece)
    await pause()
  }
  return pieces.join('')
}
