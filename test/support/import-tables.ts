/** The tables of imports, sorted by name. They have no history, and no cached response is read from them. */
export const importTables = [
  'import_decisions',
  'import_files',
  'import_missing',
  'import_names',
  'import_records',
  'import_rows',
  'imports',
]
