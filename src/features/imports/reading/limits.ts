/** Limits of a file, so that a malicious file costs little memory and time. */
export const readLimits = {
  /** Columns of a table. */
  columns: 2000,
  /** Characters of one value of a table. */
  cellCharacters: 200_000,
  /** Characters of one row: a row of CSV or XLSX, a line of NDJSON, an item of a JSON list, an element of XML. */
  rowCharacters: 8 * 1024 * 1024,
  /** Nesting depth of the objects and lists in a row of JSON, or of the elements in a row of XML. */
  depth: 50,
  /** Values of a row of CSV or JSON; elements and attributes of a row of XML. */
  rowValues: 100_000,
  /** Rows of a file. */
  rows: 5_000_000,
  /** Bytes of one entry of a ZIP archive, when decompressed. */
  entryBytes: 4 * 1024 ** 3,
  /** Decompressed bytes for each compressed byte of an entry, beyond `ratioFreeBytes`. */
  compressionRatio: 300,
  /** Decompressed bytes of an entry to which the ratio does not apply. */
  ratioFreeBytes: 16 * 1024 * 1024,
  /** Characters of all shared strings of an XLSX file, which are held in memory. */
  sharedCharacters: 64 * 1024 * 1024,
  /** Shared strings of an XLSX file. */
  sharedStrings: 4_000_000,
  /** Rows that `groupBy` joins into one row. */
  groupedRows: 10_000,
  /** Rows that are read as one batch. */
  batchRows: 500,
  /** Characters that are read as one batch, approximately. */
  batchCharacters: 1024 * 1024,
} as const
