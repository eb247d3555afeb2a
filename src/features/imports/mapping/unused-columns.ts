import type { Registry } from '../../../model/registry.ts'
import { isList } from '../reading/clean.ts'
import { isAdditional, isRefusedRowsFile } from '../reading/refused-rows.ts'
import type { FileInfo, JsonObject, JsonValue, UnusedColumn } from '../types.ts'
import { compileMapping } from './compile.ts'
import type { Mapping } from './types.ts'

/** A node of the tree of paths that a mapping reads. */
interface Node {
  /** Whether a path ends here, so that the value is read. */
  isRead: boolean
  next: Map<string, Node>
}

/** Maximum number of columns, properties, elements and attributes that are listed. */
const maxUnused = 200

const newNode = (): Node => ({ isRead: false, next: new Map() })

/** Whether a value is not empty. A list or object is empty if all its values are. */
function hasValue(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === '') return false
  return typeof value === 'object' ? Object.values(value).some(hasValue) : true
}

/** Counts the rows with values that a mapping does not read, by column, property, element or attribute. */
export class UnusedColumnCounter {
  readonly #root = newNode()
  readonly #rows = new Map<string, number>()
  readonly #ignored: ReadonlySet<string>
  readonly #isGrouped: boolean

  /**
   * @param paths the paths that the mapping reads, as names from the row to the value.
   * @param ignored names of columns that are not counted, such as the additional columns of a file of refused rows.
   * @param isGrouped whether each row is a group of rows (`rows.groupBy`).
   */
  constructor(paths: readonly (readonly string[])[], ignored: readonly string[], isGrouped: boolean) {
    this.#ignored = new Set(ignored)
    this.#isGrouped = isGrouped
    for (const path of paths) {
      let node = this.#root
      for (const name of path) {
        const next = node.next.get(name) ?? newNode()
        node.next.set(name, next)
        node = next
      }
      node.isRead = true
    }
  }

  /** Counts a row for each of its columns, properties, elements and attributes that is not read. */
  countRow(values: JsonObject): void {
    const found = new Set<string>()
    if (this.#isGrouped && isList(values.rows)) this.#addOfGroup(values, values.rows, found)
    else this.#walk(values, this.#root, '', found)
    for (const path of found) {
      const rows = this.#rows.get(path)
      if (rows !== undefined || this.#rows.size < maxUnused) this.#rows.set(path, (rows ?? 0) + 1)
    }
  }

  /**
   * Returns what is not read, with the numbers of rows that have a value in it, in descending order: at most the first 200
   * columns, properties, elements and attributes that were found.
   */
  list(): UnusedColumn[] {
    return [...this.#rows]
      .map(([column, rows]) => ({ column, rows }))
      .sort((one, other) => other.rows - one.rows)
  }

  /**
   * Adds the columns of a group's rows that are not read. A column that is read only in the first row is added as `rows/…` if
   * another row has another value in it.
   */
  #addOfGroup(first: JsonObject, rows: readonly JsonValue[], found: Set<string>): void {
    const read = this.#root.next
    const readInEach = read.get('rows')?.next
    for (const row of rows) {
      for (const [column, value] of Object.entries(row ?? {})) {
        if (!hasValue(value) || readInEach?.has(column) || this.#ignored.has(column)) continue
        if (!read.has(column)) found.add(column)
        else if (value !== first[column]) found.add(`rows/${column}`)
      }
    }
  }

  #walk(value: JsonValue, node: Node, path: string, found: Set<string>): void {
    if (isList(value)) for (const item of value) this.#walk(item, node, path, found)
    else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        // `@xml:lang` describes a text, and `#` is the text of the element itself.
        if (name.startsWith('@xml:') || (name === '#' && node.isRead) || this.#ignored.has(name)) continue
        const next = node.next.get(name)
        const innerPath = path === '' ? name : `${path}/${name}`
        if (next) this.#walk(inner, next, innerPath, found)
        else if (hasValue(inner)) found.add(innerPath)
      }
    } else if (!node.isRead && !node.next.has('#') && hasValue(value)) found.add(path)
  }
}

/** Creates the counter of the values that a mapping does not read, without the additional columns of refused rows. */
export const createUnusedColumnCounter = (
  mapping: Mapping,
  registry: Registry,
  fileInfo: FileInfo,
): UnusedColumnCounter =>
  new UnusedColumnCounter(
    compileMapping(mapping, registry).readPaths,
    isRefusedRowsFile(fileInfo) ? fileInfo.columns.filter(isAdditional) : [],
    mapping.rows?.groupBy !== undefined,
  )
