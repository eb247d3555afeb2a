import type { Registry } from '../../../model/registry.ts'
import { formatPointer } from '../../../problems/faults.ts'
import type { FaultList } from '../../../problems/problem.ts'
import { didYouMean } from '../../../problems/suggest.ts'
import type { RowOptions } from '../reading/options.ts'
import type { DateSystem } from '../reading/xlsx/serial.ts'
import type { OnBadValue } from '../types.ts'
import { type Companion, type CompanionRows, companionKey, companionName } from './companion-rows.ts'
import { isColumn, type Path, parsePath } from './path.ts'
import type { Mapping } from './schema.ts'
import type { DateNotations } from './values/date-notations.ts'
import type { NumberNotations } from './values/number-notations.ts'

/** A column that the mapping names, with the pointer to its name in the mapping. */
export interface ColumnUse {
  path: Path
  pointer: string
  /** Whether the path starts at the rows of a group (`rows.groupBy`), which have no other columns than those of the file. */
  isInGroup: boolean
}

/**
 * The places that a path of the mapping may read, each as the names from the row to the value. There are several if the path may
 * start at several places, or if its text may also be the name of a column.
 */
export type ReadPath = readonly (readonly string[])[]

/** The state that all parts of a mapping share during compilation. */
interface Shared {
  mapping: Mapping
  registry: Registry
  /** The companion files by key (`companionKey`); absent while only the mapping is checked. */
  companions: ReadonlyMap<string, CompanionRows> | undefined
  /** The columns of the imported file; empty while only the mapping is checked. */
  fileColumns: readonly string[]
  dateSystem: DateSystem
  faults: FaultList
  columns: ColumnUse[]
  readPaths: ReadPath[]
  empty: ReadonlySet<string>
  numberNotations: NumberNotations
  dateNotations: DateNotations
}

/** Where paths start: at the row, or at the items of `each`, which may be at several paths. */
interface Start {
  isRow: boolean
  /** The paths from the row to the start, as names. */
  from: readonly (readonly string[])[]
  /** The column of the items, for messages. */
  column: string
  /** Whether the items are texts, which have no columns. */
  areTexts: boolean
  /** Whether the columns of the items are checked. */
  isChecked: boolean
}

const atRow: Start = { isRow: true, from: [[]], column: '', areTexts: false, isChecked: true }

/**
 * The context of a part of a mapping while it is compiled: its location in the mapping, and the start of its paths. The functions
 * that compile a part add its faults to the context, and do not throw them.
 */
export class CompileContext {
  readonly #shared: Shared
  readonly #location: readonly PropertyKey[]
  readonly #start: Start

  constructor(shared: Shared, location: readonly PropertyKey[] = [], start = atRow) {
    this.#shared = shared
    this.#location = location
    this.#start = start
  }

  /** The column of the items of `each`, for messages. */
  get itemColumn(): string {
    return this.#start.column
  }

  get mapping(): Mapping {
    return this.#shared.mapping
  }

  get registry(): Registry {
    return this.#shared.registry
  }

  get onBadValue(): OnBadValue {
    return this.#shared.mapping.onBadValue
  }

  /** The date system of the file that has the values of a path: a joined file for its rows, otherwise the imported file. */
  dateSystemAt(text: string): DateSystem {
    const { companions, dateSystem } = this.#shared
    const path = parsePath(text)
    const [[list] = []] = path ? this.#namesTo(path) : this.#start.from
    const file = this.#joinedFile(list)
    return file ? (companions?.get(companionKey(file))?.dateSystem ?? '1900') : dateSystem
  }

  /** Compares the notations of the numbers in each column. */
  get numberNotations(): NumberNotations {
    return this.#shared.numberNotations
  }

  /** Compares the notations of the dates in each column. */
  get dateNotations(): DateNotations {
    return this.#shared.dateNotations
  }

  /** Texts that mean that there is no value. */
  get empty(): ReadonlySet<string> {
    return this.#shared.empty
  }

  /** The context of a nested part. */
  at(...steps: PropertyKey[]): CompileContext {
    return new CompileContext(this.#shared, [...this.#location, ...steps], this.#start)
  }

  /**
   * The context of the same part with paths that start at the items of `each`.
   * @param column the column of these items, for messages.
   * @param paths the paths of these items.
   * @param makesTexts whether the steps of `each` make texts of the values.
   */
  inItems(column: string, paths: readonly string[], makesTexts: boolean): CompileContext {
    const from = paths.flatMap((text) => {
      const path = parsePath(text)
      return path ? this.#namesTo(path) : []
    })
    return new CompileContext(this.#shared, this.#location, {
      isRow: false,
      from,
      column,
      areTexts: makesTexts || (from.length > 0 && from.every((names) => this.#isTableColumn(names))),
      isChecked: true,
    })
  }

  /** Whether names lead to a column of a table (CSV or XLSX), which has texts: of the imported file or of a joined file. */
  #isTableColumn([list, ...others]: readonly string[]): boolean {
    const { mapping, companions, fileColumns } = this.#shared
    const file = this.#joinedFile(list)
    if (file) return others.length > 0 && (companions?.get(companionKey(file))?.columns.length ?? 0) > 0
    const isGroup = list === 'rows' && mapping.rows.groupBy !== undefined
    return fileColumns.length > 0 && (others.length > 0 || !isGroup)
  }

  /**
   * The context of a part that records share, such as `citation`. The columns of items are not checked, unless the items are texts:
   * the records may start at different lists, and one list may lack the columns of another.
   * @param location where the part is in the mapping.
   */
  shared(...location: PropertyKey[]): CompileContext {
    return new CompileContext(this.#shared, location, {
      ...this.#start,
      isChecked: false,
    })
  }

  /** The paths from the row to the values of a path, as names. */
  #namesTo({ fromRow, steps }: Path): (readonly string[])[] {
    const names = steps.map(({ name }) => name)
    return fromRow ? [names] : this.#start.from.map((start) => [...start, ...names])
  }

  /** Adds a path, and the paths of its conditions, to those that the mapping reads. */
  #addReadPath(path: Path): void {
    const starts = path.fromRow ? [[]] : this.#start.from
    // The whole text may also be the name of a column.
    const columns = starts.flatMap((start) => path.columns.map((name) => [...start, name]))
    this.#shared.readPaths.push([...this.#namesTo(path), ...columns])
    for (const [index, { filter }] of path.steps.entries())
      if (filter) {
        const before = path.steps.slice(0, index + 1).map(({ name }) => ({ name }))
        this.#addReadPath({ ...path, steps: [...before, ...filter.path] })
      }
  }

  /** Adds a fault of this part of the mapping, unless it has been added: a part that records share is compiled for each. */
  addFault(message: string): void {
    const { faults } = this.#shared
    const pointer = formatPointer(this.#location)
    const isAdded = faults.listed.some((fault) => fault.pointer === pointer && fault.message === message)
    if (!isAdded) faults.add(() => ({ pointer, code: 'invalid', message }))
  }

  /** Adds the fault that a companion file lacks a column. @param columns the columns that it has. */
  addMissingColumn(file: string, column: string, columns: readonly string[]): void {
    this.addFault(`${file} has no column ${JSON.stringify(column)}${didYouMean(column, columns)}`)
  }

  /**
   * Compiles a path. Adds it to the paths that the mapping reads and, if it starts at the row or at the rows of a group, to the
   * columns that the mapping names. Adds a fault if it reads a column that a joined file lacks, or a column of an item that is a
   * text. If the text is not a path, adds a fault and returns undefined.
   */
  compilePath(text: string): Path | undefined {
    const path = parsePath(text)
    if (!path) {
      this.addFault(
        `${JSON.stringify(text)} is not a path: write names with / between them, such as location/name, sector[@vocabulary=1]/@code, narrative[1] for the first value, fields/'Lat/Lng' for a name with /, or . for the item itself`,
      )
      return undefined
    }
    this.#addReadPath(path)
    if (this.#start.isRow || path.fromRow) {
      this.#addColumn(path, false)
      this.#checkJoinedColumn(path)
    } else if (this.#start.isChecked || this.#start.areTexts) this.#checkItemColumn(path)
    return path
  }

  #addColumn(path: Path, isInGroup: boolean): void {
    this.#shared.columns.push({ path, pointer: formatPointer(this.#location), isInGroup })
  }

  /** Returns the joined file whose rows a list has; undefined for any other list. */
  #joinedFile(list = ''): Companion | undefined {
    const { join = {} } = this.#shared.mapping
    const { file, rows = {} } = (Object.hasOwn(join, list) && join[list]) || {}
    return file === undefined ? undefined : { name: file, rows }
  }

  /** Checks the column of a path that leads from the row into the rows of a joined file. */
  #checkJoinedColumn({ columns: names, steps: [list, column] }: Path): void {
    const { companions, fileColumns } = this.#shared
    const file = this.#joinedFile(list?.name)
    if (!file || !column || names.some((name) => fileColumns.includes(name))) return
    const columns = companions?.get(companionKey(file))?.columns ?? []
    if (columns.length > 0 && !columns.includes(column.name))
      this.addMissingColumn(file.name, column.name, columns)
  }

  /**
   * Checks the column of a path that starts at an item: a row of a joined file or of a group, or a text, of which only the text
   * itself (`.` or `#`) can be read.
   */
  #checkItemColumn(path: Path): void {
    const { mapping, companions } = this.#shared
    if (this.#start.areTexts) {
      const [first] = path.steps
      if (first !== undefined && first.name !== '#')
        this.addFault(
          `cannot read ${JSON.stringify(path.text)} from the items of each, which are texts: write ${JSON.stringify(`/${path.text}`)} for the column of the row, or . for the item itself`,
        )
      return
    }
    const [[list, ...others] = [], ...more] = this.#start.from
    if (list === undefined || others.length > 0 || more.length > 0) return
    const file = this.#joinedFile(list)
    if (file) {
      const columns = companions?.get(companionKey(file))?.columns ?? []
      if (columns.length > 0 && !isColumn(path, new Set(columns)))
        this.addMissingColumn(file.name, path.text, columns)
    } else if (list === 'rows' && mapping.rows.groupBy !== undefined) this.#addColumn(path, true)
  }

  /**
   * Returns a companion file; undefined while only the mapping is checked. If the file is missing, adds a fault and returns
   * undefined.
   */
  companionFile(name: string, rows: RowOptions = {}): CompanionRows | undefined {
    const { companions } = this.#shared
    const companionFile = companions?.get(companionKey({ name, rows }))
    if (companions && !companionFile) {
      this.addFault(
        `the file ${JSON.stringify(name)} is missing: give it with the imported file${didYouMean(name, [...companions.keys()].map(companionName))}`,
      )
    }
    return companionFile
  }
}
