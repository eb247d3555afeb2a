import type { Registry } from '../../../model/registry.ts'
import { formatPointer } from '../../../problems/faults.ts'
import type { FaultList } from '../../../problems/problem.ts'
import { didYouMean } from '../../../problems/suggest.ts'
import type { CodeList } from './code-list.ts'
import { type Path, parsePath } from './path.ts'
import type { Mapping, OnBadValue } from './types.ts'

/** A column that the mapping names, and where it does. */
export interface ColumnUse {
  path: Path
  pointer: string
}

/** What all parts of a mapping share while it is compiled. */
interface Shared {
  mapping: Mapping
  registry: Registry
  /** The files beside the mapping; absent while only the mapping is checked. */
  lists: ReadonlyMap<string, CodeList> | undefined
  faults: FaultList
  columns: ColumnUse[]
  empty: ReadonlySet<string>
}

/** A place in a mapping that is being compiled. */
export class CompileContext {
  readonly #shared: Shared
  readonly #path: readonly PropertyKey[]
  /** Whether paths start at the row, whose columns are known, and not at an item of `each`. */
  readonly #atRow: boolean
  /** The column of the values that `each` is at, for messages. */
  readonly itemColumn: string

  constructor(shared: Shared, path: readonly PropertyKey[] = [], atRow = true, itemColumn = '') {
    this.#shared = shared
    this.#path = path
    this.#atRow = atRow
    this.itemColumn = itemColumn
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

  /** Texts that mean that there is no value. */
  get empty(): ReadonlySet<string> {
    return this.#shared.empty
  }

  /** A place inside this one. */
  at(...steps: PropertyKey[]): CompileContext {
    return new CompileContext(this.#shared, [...this.#path, ...steps], this.#atRow, this.itemColumn)
  }

  /** This place, with paths that start at the items of `each`. @param column of these items, for messages. */
  inItems(column: string): CompileContext {
    return new CompileContext(this.#shared, this.#path, false, column)
  }

  /** Notes a fault of the mapping at this place. */
  fault(message: string): void {
    this.#shared.faults.add(() => ({ pointer: formatPointer(this.#path), code: 'invalid', message }))
  }

  /** Compiles a path, and notes its column. */
  path(text: string): Path | undefined {
    const path = parsePath(text)
    if (!path) {
      this.fault(
        `${JSON.stringify(text)} is no path: write names with / between them, such as location/name, sector[@vocabulary=1]/@code, or . for the item itself`,
      )
      return undefined
    }
    if (this.#atRow || path.fromRow) {
      this.#shared.columns.push({ path, pointer: formatPointer(this.#path) })
    }
    return path
  }

  /**
   * Returns a file beside the mapping; undefined while the mapping alone is checked, or when the file is missing, which
   * is noted.
   */
  list(name: string): CodeList | undefined {
    const { lists } = this.#shared
    const list = lists?.get(name)
    if (lists && !list) {
      this.fault(
        `there is no file ${JSON.stringify(name)} beside the mapping${didYouMean(name, [...lists.keys()])}`,
      )
    }
    return list
  }
}
