/** What the parts of an import pass to one another: files are read into rows, and a mapping makes drafts of rows. */

/** A JSON value. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject

/** A JSON object. */
export interface JsonObject {
  readonly [name: string]: JsonValue
}

/** What was found out about a file while its beginning was read. */
export interface FileFacts {
  readonly format: 'csv' | 'xlsx' | 'json' | 'ndjson' | 'xml'
  /** Name of the character encoding, such as `utf-8` or `windows-1252`. Absent for XLSX. */
  readonly encoding?: string
  /** CSV only. */
  readonly dialect?: { readonly delimiter: string; readonly quote: string; readonly escape: string }
  /** XLSX only: the name of the sheet that is read, and of all sheets. */
  readonly sheet?: string
  readonly sheets?: readonly string[]
  /** Names of the columns of a CSV or XLSX file, in order; empty for JSON and XML. */
  readonly columns: readonly string[]
  /** What has values that the mapping does not read. Known when all rows are read. */
  readonly unused?: readonly UnusedColumn[]
  /** What a reader of the report should know, such as `One column only: is the delimiter right?` */
  readonly notes: readonly string[]
}

/** A column, element or attribute that the mapping does not read, and the number of rows in which it has a value. */
export interface UnusedColumn {
  readonly column: string
  readonly rows: number
}

/** A row of a file, as a person would find it. */
export interface Row {
  /** Counted from 1 as in the file: spreadsheet row, line of a CSV, position among the repeated elements of JSON or XML. */
  readonly number: number
  /** Where it is, for people: `row 12`, `sheet Data, row 12`, `/iati-activities/iati-activity[3]`. */
  readonly locator: string
  /** The row's values: by column, or the nested object of JSON and XML. */
  readonly values: JsonObject
  /** Why the row cannot be used, such as too many values. The converter refuses such a row. */
  readonly fault?: RowFault
}

/** A name or id in a draft that stands for a record. It takes the place of the reference in the document. */
export interface Mention {
  /** Name of a resource: countries, organizations, regions, topics, or another resource, by external id. */
  readonly resource: string
  /** The name as the file has it. */
  readonly name?: string
  readonly externalId?: { readonly scheme: string; readonly id: string }
  /** A code of a declared scheme (alpha-2, alpha-3, numeric, the code of a topic), when the mapping says so. */
  readonly code?: string
  /** Topics: the scheme within which to look. */
  readonly scheme?: string
  /** Organizations: the country (name or code) within which to look. */
  readonly country?: string
  /** EDTF date of the fact, for former states. */
  readonly on?: string
  /** Make the organization (or the topic of an open scheme) when nothing matches. */
  readonly create?: boolean
  /** The column of the file from which the name comes. */
  readonly column?: string
  /** How a name that is not found is treated; refuse by default. */
  readonly onUnresolved?: 'refuse' | 'drop'
}

/** A record that a row describes. */
export interface Draft {
  readonly resource: string
  readonly externalId: { readonly scheme: string; readonly id: string }
  /** A body of the resource, in which a mention stands as `{ "$mention": index }`, an index into `mentions`. */
  readonly document: JsonObject
  readonly mentions: readonly Mention[]
  readonly citation: {
    readonly locator: string
    readonly url?: string
    readonly quote?: string
    readonly note?: string
  }
}

/** What is wrong with a value of a row. */
export interface RowFault {
  readonly column: string
  /** The value, shortened to 200 characters. */
  readonly value: string
  /** What is wrong, and what would be right. */
  readonly detail: string
  readonly suggestion?: string
}

/** What a mapping makes of a row. */
export type ConvertedRow =
  | { readonly kind: 'drafts'; readonly drafts: readonly Draft[]; readonly dropped: readonly RowFault[] }
  | {
      readonly kind: 'refused'
      readonly faults: readonly RowFault[]
      /** The records that it is about, as far as their ids could be read. */
      readonly records?: readonly Pick<Draft, 'resource' | 'externalId'>[]
    }
  | { readonly kind: 'skipped'; readonly reason: string }
