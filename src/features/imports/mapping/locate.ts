import { isMap, isNode, isPair, isScalar, isSeq, type Node, type Pair } from 'yaml'
import { parsePointer, quote } from '../../../problems/faults.ts'
import type { Fault, Problem } from '../../../problems/problem.ts'
import type { LocatedFault, ParsedYaml } from './yaml.ts'

type Part = Node | Pair

function keyIs({ key }: Pair, step: string): boolean {
  return isScalar(key) && String(key.value) === step
}

/** Returns the child of a part to which a step of a JSON pointer leads. */
function childAt(part: Part, step: string): Part | undefined {
  const node = isPair(part) ? part.value : part
  if (isMap(node)) return node.items.find((pair) => keyIs(pair, step))
  if (!isSeq(node)) return undefined
  const item = node.items[Number(step)]
  return isNode(item) ? item : undefined
}

/** Returns the offset at which a part begins; a property begins at its name. */
function findStart(part: Part): number | undefined {
  const node = isPair(part) ? part.key : part
  return isNode(node) ? node.range?.[0] : undefined
}

/** Returns the offset of the part at a JSON pointer or, if it does not exist, of the innermost part around it. */
function findOffset(contents: Node, pointer: string): number | undefined {
  let part: Part = contents
  for (const step of parsePointer(pointer)) {
    const next = childAt(part, step)
    if (!next) break
    part = next
  }
  return part === contents ? undefined : findStart(part)
}

/** Returns the message of a fault. It names a missing part, since the fault has the position of another part. */
function nameMissing({ pointer = '', code, message }: Fault): string {
  const name = parsePointer(pointer).at(-1)
  return code === 'required' && name !== undefined ? `${quote(name)} ${message}` : message
}

/**
 * Returns the faults of a mapping with their lines and columns. A missing part has the position of the innermost part around
 * it, and no position if this is the whole mapping.
 * @param yaml the mapping, as `parseYaml` returns it.
 * @param problem the problem `invalid-mapping` with the faults.
 */
export function locateFaults(yaml: ParsedYaml, { errors, message }: Problem): LocatedFault[] {
  if (yaml.fault) return [yaml.fault]
  if (errors.length === 0) return [{ line: null, column: null, message }]
  const { contents, lines } = yaml
  return errors.map((fault) => {
    const offset = contents === null ? undefined : findOffset(contents, fault.pointer ?? '')
    if (offset === undefined) return { line: null, column: null, message: nameMissing(fault) }
    const { line, col } = lines.linePos(offset)
    return { line, column: col, message: nameMissing(fault) }
  })
}
