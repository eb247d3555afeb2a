import {
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml'
import type { Problem } from '../../../problems/problem.ts'

/** A fault of a mapping with its position in the text of the mapping. */
export interface LocatedFault {
  /** Line and column, counted from 1; null for a fault of the whole mapping. */
  line: number | null
  column: number | null
  message: string
}

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
function startOf(part: Part): number | undefined {
  const node = isPair(part) ? part.key : part
  return isNode(node) ? node.range?.[0] : undefined
}

const unescapeStep = (step: string) => step.replaceAll('~1', '/').replaceAll('~0', '~')

/** Returns the offset of the part at a JSON pointer or, if it does not exist, of the innermost part around it. */
function findOffset(contents: Node, pointer: string): number | undefined {
  let part: Part = contents
  for (const step of pointer.split('/').slice(1)) {
    const next = childAt(part, unescapeStep(step))
    if (!next) break
    part = next
  }
  return part === contents ? undefined : startOf(part)
}

/**
 * Returns the faults of a mapping with their positions. The position of a missing part is that of its parent.
 * @param text the mapping, as YAML or JSON.
 * @param problem the problem `invalid-mapping` with the faults.
 */
export function locateFaults(text: string, { errors, message }: Problem): LocatedFault[] {
  const lines = new LineCounter()
  const { contents, errors: syntax } = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number | undefined) => {
    if (offset === undefined) return { line: null, column: null }
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  const [broken] = syntax
  if (broken) return [{ ...at(broken.pos[0]), message: broken.message }]
  if (errors.length === 0) return [{ ...at(undefined), message }]
  return errors.map(({ pointer = '', message: fault }) => ({
    ...at(contents === null ? undefined : findOffset(contents, pointer)),
    message: fault,
  }))
}
