import { isDeepStrictEqual } from 'node:util'
import { quoteList } from '../../../wording.ts'
import { isList } from '../reading/clean.ts'
import { ignoredOptions, type RowOptions } from '../reading/options.ts'
import { addedColumns, isRefusedRowsFile } from '../reading/refused-rows.ts'
import type { FileInfo, JsonObject, JsonValue, UnusedColumn } from '../types.ts'
import type { ReadPath } from './context.ts'
import { formatNames } from './path.ts'
import type { Mapping } from './schema.ts'

/** A node of the tree of paths that a mapping reads. */
interface Node {
  /** Whether a path ends here, so that the value is read. */
  isRead: boolean
  /** Whether a row has the column, property, element or attribute, even without a value. */
  isFound: boolean
  next: Map<string, Node>
}

/** Maximum number of columns, properties, elements and attributes that are listed. */
const maxUnused = 200

/** Maximum number of paths that a note lists. */
const maxListed = 30

const newNode = (): Node => ({ isRead: false, isFound: false, next: new Map() })

/** Whether a value is not empty. A list or object is empty if all its values are. */
function hasValue(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === '') return false
  return typeof value === 'object' ? Object.values(value).some(hasValue) : true
}

/**
 * Counts the rows with values that a mapping does not read, by column, property, element or attribute, and finds what the mapping
 * reads and no row has.
 */
export class UnusedColumnCounter {
  readonly #root = newNode()
  readonly #rowCounts = new Map<string, number>()
  readonly #ignored: ReadonlySet<string>
  readonly #rowOptions: RowOptions
  /** The paths that the mapping reads in a file without columns (JSON or XML), as text, with the nodes where each may end. */
  readonly #paths = new Map<string, Node[]>()
  #countedRows = 0

  /**
   * @param paths the paths that the mapping reads.
   * @param fileInfo what is known of the file. Columns that the service has added to it are not counted.
   */
  constructor({ rows, join = {} }: Mapping, paths: readonly ReadPath[], fileInfo: FileInfo) {
    this.#ignored = new Set(addedColumns(fileInfo))
    this.#rowOptions = rows
    for (const path of rows.groupBy === undefined ? paths : [...paths, [[rows.groupBy]]]) {
      const nodes = path.map((names) => this.#addNode(names))
      const [names = []] = path
      // If the file has columns, `checkColumns` has already refused names that it lacks. The lists of `join` are in other files.
      const mayBeAbsent =
        fileInfo.columns.length === 0 && names[0] !== undefined && !Object.hasOwn(join, names[0])
      if (mayBeAbsent) this.#paths.set(formatNames(names), nodes)
    }
  }

  /** Adds a node that is read. */
  #addNode(names: readonly string[]): Node {
    let node = this.#root
    for (const name of names) {
      const next = node.next.get(name) ?? newNode()
      node.next.set(name, next)
      node = next
    }
    node.isRead = true
    return node
  }

  /** Counts a row for each of its columns, properties, elements and attributes that is not read. */
  countRow(values: JsonObject): void {
    const found = new Set<string>()
    this.#countedRows += 1
    if (this.#rowOptions.groupBy !== undefined && isList(values.rows)) {
      this.#addUnreadOfGroup(values, values.rows, found)
      // Marks what the group has of `#paths`.
      if (this.#paths.size > 0) this.#walk(values, this.#root, [], new Set())
    } else this.#walk(values, this.#root, [], found)
    for (const path of found) {
      const rows = this.#rowCounts.get(path)
      if (rows !== undefined || this.#rowCounts.size < maxUnused) this.#rowCounts.set(path, (rows ?? 0) + 1)
    }
  }

  /**
   * Returns what is not read, with the numbers of rows that have a value in it, in descending order: at most the first 200
   * columns, properties, elements and attributes that were found.
   */
  list(): UnusedColumn[] {
    return [...this.#rowCounts]
      .map(([column, rows]) => ({ column, rows }))
      .sort((one, other) => other.rows - one.rows)
  }

  /**
   * Returns `fileInfo` with notes about the paths that the mapping reads and no counted row has, and about the options of `rows` that
   * the format of the file does not have. A row also has a path at which it has an empty value.
   */
  addNotes(fileInfo: FileInfo): FileInfo {
    // A file of refused rows may have another format than the original file, which the options describe.
    const ignored = isRefusedRowsFile(fileInfo) ? [] : ignoredOptions(this.#rowOptions, fileInfo.format)
    const format = fileInfo.format?.toUpperCase()
    const optionsNote =
      ignored.length > 0
        ? [`These options do not apply to ${format}, and were ignored: ${ignored.join(', ')}.`]
        : []
    return { ...fileInfo, notes: [...fileInfo.notes, ...optionsNote, ...this.#describeAbsent()] }
  }

  #describeAbsent(): string[] {
    const absent = [...this.#paths].filter(([, nodes]) => !nodes.some(({ isFound }) => isFound))
    if (absent.length === 0 || this.#countedRows === 0) return []
    const shown = quoteList(absent.slice(0, maxListed).map(([path]) => path))
    const more = absent.length > maxListed ? ` and ${absent.length - maxListed} more` : ''
    return [
      `These names of the mapping do not occur in the rows that were read (${this.#countedRows}): ${shown}${more}.`,
    ]
  }

  /**
   * Adds the columns of a group's rows that are not read. A column that is read only in the first row is added as `rows/…` if
   * another row has another value in it.
   */
  #addUnreadOfGroup(first: JsonObject, rows: readonly JsonValue[], found: Set<string>): void {
    const read = this.#root.next
    const readInEach = read.get('rows')?.next
    for (const row of rows) {
      for (const [column, value] of Object.entries(row ?? {})) {
        if (!hasValue(value) || readInEach?.has(column) || this.#ignored.has(column)) continue
        if (!read.has(column)) found.add(column)
        else if (!isDeepStrictEqual(value, first[column])) found.add(`rows/${column}`)
      }
    }
  }

  #walk(value: JsonValue, node: Node, names: readonly string[], found: Set<string>): void {
    if (isList(value)) for (const item of value) this.#walk(item, node, names, found)
    else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        const next = node.next.get(name)
        if (next) next.isFound = true
        // `@xml:lang` describes a text, and `#` is the text of the element itself.
        if (name.startsWith('@xml:') || (name === '#' && node.isRead) || this.#ignored.has(name)) continue
        if (next) this.#walk(inner, next, [...names, name], found)
        else if (hasValue(inner)) found.add(formatNames([...names, name]))
      }
    } else {
      // The value of an XML element without attributes and children is its text, which `#` also reads.
      const text = node.next.get('#')
      if (text) text.isFound = true
      else if (!node.isRead && hasValue(value)) found.add(formatNames(names))
    }
  }
}
