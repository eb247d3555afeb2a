import {
  CST,
  type Document,
  isAlias,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  Parser,
  parseDocument,
  visit,
} from 'yaml'

/** Maximum length of a mapping, in characters. */
export const maxMappingLength = 200_000

/** Maximum number of entries of all objects and lists in a mapping, counting those of an alias wherever it is used. */
const maxEntries = 20_000

/** Maximum number of aliases. A mapping needs few, and each is compared with all anchors. */
const maxAliases = 500

/** Maximum nesting depth of objects and lists. */
const maxDepth = 50

const tooDeep = `The mapping is nested more than ${maxDepth} levels deep.`
const tooManyEntries = `The mapping has more than ${maxEntries} entries of objects and lists.`
const tooManyAliases = `The mapping has more than ${maxAliases} aliases.`
const tooManyCopies = `The mapping has too many aliases: with what they stand for, it has more than ${maxEntries} entries of objects and lists.`
const repeatedKey = 'Map keys must be unique'
const halfPair = 'A text has half of a surrogate pair: write the whole character'

/**
 * Options that avoid work that grows with the square of the length of the text: pretty messages copy their lines,
 * `uniqueKeys` compares each key with all others, and merge keys, which `%YAML 1.1` would turn on, copy objects.
 */
const parseOptions = { prettyErrors: false, uniqueKeys: false, schema: 'core', merge: false } as const

/** A fault of a mapping with its position in the text of the mapping. */
export interface LocatedFault {
  /** Line and column, counted from 1; null for a fault of the whole mapping. */
  line: number | null
  column: number | null
  message: string
}

/** A text in YAML 1.2 or JSON, parsed, or the fault because of which it cannot be used. */
export type ParsedYaml =
  | { fault: LocatedFault }
  | { fault?: undefined; value: unknown; contents: Node | null; lines: LineCounter }

/** Parses the text of a mapping. The time is proportional to the length of the text, even if it is malicious. */
export function parseYaml(text: string): ParsedYaml {
  const whole = (message: string) => ({ fault: { line: null, column: null, message } })
  if (text.length > maxMappingLength) return whole(`A mapping has at most ${maxMappingLength} characters.`)
  // Nodes are composed recursively, so the depth of the tokens is checked first.
  const oversize = checkTokens(text)
  if (oversize !== undefined) return whole(oversize)
  const lines = new LineCounter()
  const document = parseDocument(text, { ...parseOptions, lineCounter: lines })
  keepTexts(document)
  const { contents } = document
  const [error] = document.errors
  const located = error ? { offset: error.pos[0], message: error.message } : findFault(document)
  if (located) {
    const { line, col } = lines.linePos(located.offset)
    return { fault: { line, column: col, message: located.message } }
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: -1 })
    const fault = checkValues(value)
    return fault === undefined ? { value, contents, lines } : whole(fault)
  } catch (error) {
    if (error instanceof ReferenceError) return whole(`${error.message}.`)
    throw error
  }
}

/** Returns what is wrong if a text has too many entries, levels or aliases. */
function checkTokens(text: string): string | undefined {
  let count = 0
  let aliasCount = 0
  let fault: string | undefined
  for (const token of new Parser().parse(text)) {
    // Each closing bracket without an opening one is an error, and composing an error takes long.
    if (token.type === 'error') count += 1
    if (count > maxEntries) return fault ?? tooManyEntries
    if (token.type !== 'document') continue
    CST.visit(token, ({ key, value }, { length: depth }) => {
      count += 1
      for (const part of [key, value]) if (part?.type === 'alias') aliasCount += 1
      if (count > maxEntries) fault = tooManyEntries
      else if (aliasCount > maxAliases) fault = tooManyAliases
      else if (depth > maxDepth) fault = tooDeep
      return fault === undefined ? undefined : CST.visit.BREAK
    })
  }
  return fault
}

/**
 * Returns what is wrong if a value whose aliases are expanded has too many entries or levels. A value that contains an alias of
 * itself has endless levels.
 */
function checkValues(root: unknown): string | undefined {
  let count = -1
  const check = (value: unknown, depth: number): string | undefined => {
    count += 1
    if (count > maxEntries) return tooManyCopies
    if (depth > maxDepth) return tooDeep
    if (typeof value !== 'object' || value === null) return undefined
    for (const entry of Object.values(value)) {
      const fault = check(entry, depth + 1)
      if (fault !== undefined) return fault
    }
    return undefined
  }
  return check(root, 0)
}

/** Keys under which numbers are compared with texts of the file. */
const keysOfTexts = new Set<unknown>(['when', 'codes'])

const keyOf = (part: unknown): unknown => (isPair(part) && isScalar(part.key) ? part.key.value : undefined)

/**
 * Gives keys, and numbers that are constants, codes or conditions, the text that the mapping has: as a number, `01` would become
 * 1, and `1.10` would become 1.1.
 */
function keepTexts(document: Document): void {
  visit(document, {
    Scalar(position, node, ancestors) {
      const { value, source } = node
      if (source === undefined || typeof value === 'string') return
      const isText =
        keyOf(ancestors.at(-1)) === 'value' || ancestors.some((part) => keysOfTexts.has(keyOf(part)))
      if (position === 'key' || (isText && typeof value === 'number' && String(value) !== source))
        node.value = source
    },
  })
}

/** Returns the name of the property that a key becomes; undefined for a key that is an object or a list. */
function propertyName(key: unknown, document: Document): string | undefined {
  const node = isAlias(key) ? key.resolve(document) : key
  return isScalar(node) ? String(node.value ?? '') : undefined
}

/** Returns the first key that an object has twice, or the first text with half of a surrogate pair. */
function findFault(document: Document): { offset: number; message: string } | undefined {
  let fault: { offset: number; message: string } | undefined
  const stopAt = (node: unknown, message: string) => {
    fault = { offset: (isNode(node) ? node.range?.[0] : undefined) ?? 0, message }
    return visit.BREAK
  }
  visit(document, {
    Map(_key, { items }) {
      const names = new Set<string>()
      for (const { key } of items) {
        const name = propertyName(key, document)
        if (name === undefined) continue
        if (names.has(name)) return stopAt(key, repeatedKey)
        names.add(name)
      }
      return undefined
    },
    Scalar(_key, node) {
      return typeof node.value === 'string' && !node.value.isWellFormed() ? stopAt(node, halfPair) : undefined
    },
  })
  return fault
}
