/** The tables of imports, sorted by name: staged rows and what is known of each import. Readers do not see them. */
export const importTables = [
  'import_decisions',
  'import_files',
  'import_missing',
  'import_names',
  'import_records',
  'import_rows',
  'imports',
]
