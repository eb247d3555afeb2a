import { stringify } from 'yaml'
import { startSlices } from '../../time-slice.ts'

/** Down to this depth, members are written one by one: each operation of a path, and each component. */
const maxDepth = 2

/** Yields the lines of members in pieces, each of which takes a few milliseconds. */
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

/** Converts an OpenAPI document to YAML in time slices. In one step, it would block the event loop for half a second. */
export async function writeYaml(document: object): Promise<string> {
  const pause = startSlices()
  const pieces: string[] = []
  for (const piece of writePieces(document, maxDepth, '')) {
    pieces.push(piece)
    await pause()
  }
  return pieces.join('')
}
