import type { RowOptions } from '../reading/options.ts'
import type { OnBadValue } from '../types.ts'
import type { Scalar } from './values/bad.ts'

/** A condition on a column: its text, several allowed texts, or comparisons. */
export type Condition =
  | Scalar
  | Scalar[]
  | { not?: Scalar | Scalar[]; empty?: boolean; atLeast?: Scalar; atMost?: Scalar }

/** Columns that must have a value, or conditions by column. All must hold. */
export type Conditions = string | string[] | Record<string, Condition>

/**
 * Where a value comes from, and what is done with it. The properties from `from` to `join` are steps: they run in this order,
 * except that `when` is checked first.
 */
export interface ValueSteps {
  from?: string | string[]
  all?: string | string[]
  value?: Scalar
  template?: string
  sum?: string[]
  when?: Conditions
  empty?: string[]
  split?: string | string[]
  before?: string
  beforeLast?: string
  after?: string
  afterLast?: string
  replace?: Record<string, string>
  case?: 'upper' | 'lower'
  codes?: Record<string, Scalar | null> | string | { list: string; key?: string; value?: string }
  date?: string | string[]
  number?: string
  times?: number
  round?: number
  max?: number
  default?: Scalar
  take?: 'first' | 'last'
  join?: string
  by?: 'name' | 'code' | 'id' | 'key'
  scheme?: string
  country?: ValueMapping
  on?: ValueMapping
  create?: boolean
  onBadValue?: OnBadValue
}

/** A value of a row: the name of a column or a path, `=` and a constant, or steps. */
export type ValueMapping = string | ValueSteps

/** The mapping of an item of a list, or of an object. With `each`, an item is made for each of several values. */
export interface ItemMapping {
  each?: ValueMapping
  when?: Conditions
  [property: string]: PropertyMapping | Conditions | undefined
}

/** The mapping of a property: of a value, of the properties of an object, or of the items of a list. */
export type PropertyMapping = ValueMapping | ItemMapping | (ValueMapping | ItemMapping)[]

/** The mapping of a row to a record. */
export interface RecordMapping {
  id: ValueMapping
  each?: ValueMapping
  when?: Conditions
  properties: Record<string, PropertyMapping>
}

/** A joined file. Each row gets a list of the rows of this file whose value of `key` equals the row's value of `equals`. */
export interface Join {
  file: string
  key: string
  equals: string
  rows?: RowOptions
}

/** How the rows of a file are converted to records. */
export interface Mapping {
  scheme: string
  name?: string
  rows: RowOptions
  join?: Record<string, Join>
  when?: Conditions
  empty?: string[]
  language?: string
  records: Record<string, RecordMapping | RecordMapping[]>
  /** Properties of the record of `sources` that represents the import. */
  source?: Record<string, unknown>
  citation?: { url?: ValueMapping; locator?: ValueMapping; quote?: ValueMapping; note?: ValueMapping }
  onBadValue: OnBadValue
  onEdited: 'keep' | 'replace'
}
