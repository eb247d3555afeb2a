/** The tables of imports, sorted by name. Staged data is not part of the registry, and readers do not see it. */
export const importTables = [
  'import_decisions',
  'import_files',
  'import_missing',
  'import_names',
  'import_records',
  'import_rows',
  'imports',
]
