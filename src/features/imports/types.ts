/** Types that the steps of an import share. Files are read into rows, and a mapping converts rows to drafts of records. */

import type { z } from 'zod'
import type { rowFault } from './job-schemas.ts'
import type { DateSystem } from './reading/xlsx/serial.ts'

/** How a value is treated if it is invalid, or matches no record or several. */
export type OnBadValue = 'refuse' | 'drop'

/** A JSON value that is neither null nor a list nor an object. */
export type Scalar = string | number | boolean

/** A JSON value. */
export type JsonValue = Scalar | null | readonly JsonValue[] | JsonObject

/** A JSON object. */
export interface JsonObject {
  readonly [name: string]: JsonValue
}

/** The format of a file with rows. */
export type FileFormat = 'csv' | 'xlsx' | 'json' | 'ndjson' | 'xml'

/** What is known about a file: before its beginning has been read, only notes about other parts of the upload. */
export interface FileInfo {
  /** Absent until the beginning of the file has been read. */
  readonly format?: FileFormat
  /** Name of the character encoding, such as `utf-8` or `windows-1252`. Absent for XLSX. */
  readonly encoding?: string
  /** CSV only. */
  readonly dialect?: { readonly delimiter: string; readonly quote: string; readonly escape: string }
  /** XLSX only: the name of the sheet that is read. */
  readonly sheet?: string
  /**
   * How the serial numbers of dates count days: in an XLSX file, and in a file of refused rows, which has the serial numbers
   * of its original file. Absent for other files.
   */
  readonly dateSystem?: DateSystem
  /** Names of the columns of a CSV or XLSX file, in order; empty for JSON, NDJSON and XML. */
  readonly columns: readonly string[]
  /** The columns, properties, elements and attributes that the mapping does not read. Absent until all rows are read. */
  readonly unused?: readonly UnusedColumn[]
  /** Remarks about the file for people, such as that it has only one column. */
  readonly notes: readonly string[]
}

/** A column, property, element or attribute that the mapping does not read, and the number of rows with a value in it. */
export interface UnusedColumn {
  readonly column: string
  readonly rows: number
}

/** A row of a file. */
export interface Row {
  /**
   * Number from 1: the row of a spreadsheet, the line of a CSV or NDJSON file, or the position among the items of a JSON
   * list or the XML elements that are rows.
   */
  readonly number: number
  /**
   * Where the row is in the file, for people: `row 12` (in CSV, the row that begins on line 12), `sheet Data, row 12`,
   * `/iati-activities/iati-activity[3]`.
   */
  readonly locator: string
  /** The row's values: by column, or the nested object of JSON and XML. */
  readonly values: JsonObject
  /** Why the row cannot be used: for example, it has too many values. The converter refuses the row. */
  readonly fault?: RowFault
}

/** A name, a code or an id by which a draft refers to a record. The document has a placeholder for it (`Draft.document`). */
export interface Mention {
  /** Name of the resource. Only countries, organizations, regions and topics are found by name. */
  readonly resource: string
  /** The name from the file, as the steps of the mapping have changed it. */
  readonly name?: string
  readonly externalId?: { readonly scheme: string; readonly id: string }
  /** A code, such as that of a country (alpha-2, alpha-3, numeric) or topic, if the mapping says `by: code`. */
  readonly code?: string
  /** The scheme of the topic, or of the code. */
  readonly scheme?: string
  /** Organizations: the country (name or code) within which to look. */
  readonly country?: string
  /** The column of the country, and how the country is treated if it matches no record or several. */
  readonly countryFrom?: Pick<Mention, 'column' | 'onUnresolved'>
  /** EDTF date for which the name is resolved, since a former country may have had the name. */
  readonly on?: string
  /** Whether the organization or topic is created if no record matches. */
  readonly create?: boolean
  /** The column of the file from which the name comes. */
  readonly column?: string
  /** How the mention is treated if it matches no record or several. Default: as `onBadValue` of the mapping says. */
  readonly onUnresolved?: OnBadValue
}

/** A record that a row describes. */
export interface Draft {
  readonly resource: string
  readonly externalId: { readonly scheme: string; readonly id: string }
  /** The record. In place of keys it has placeholders: `{ "$mention": index }` is the mention at this index of `mentions`. */
  readonly document: JsonObject
  readonly mentions: readonly Mention[]
  /** The properties of the mapping for which the row has no value, not even one that was dropped. Absent if there are none. */
  readonly empty?: readonly string[]
  /** The columns of the dates that must not be before another date, such as ends, by property. Absent if there are none. */
  readonly dateColumns?: Readonly<Record<string, string>>
  readonly citation: {
    readonly locator: string
    readonly url?: string
    readonly quote?: string
    readonly note?: string
  }
}

/** A record by its resource and its id in a register. */
export type IdentifiedRecord = Pick<Draft, 'resource' | 'externalId'>

/** A staged row that can be written. */
export interface ReadyRow {
  position: number
  locator: string
  drafts: Draft[]
}

/** What is wrong with a value of a row. The column is empty for a fault of the whole row. */
export type RowFault = Readonly<z.output<typeof rowFault>>

/** The result of converting a row by a mapping. */
export type ConvertedRow =
  | { readonly kind: 'drafts'; readonly drafts: readonly Draft[]; readonly dropped: readonly RowFault[] }
  | {
      readonly kind: 'refused'
      readonly faults: readonly RowFault[]
      /** The records that the row describes, if their ids could be read. */
      readonly records?: readonly IdentifiedRecord[]
    }
  | {
      readonly kind: 'skipped'
      readonly reason: string
      /** The records that the mapping leaves out, if their ids could be read. */
      readonly records: readonly IdentifiedRecord[]
    }
