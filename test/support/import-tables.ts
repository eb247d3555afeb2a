/** The tables of imports, in the order of their names: what they stage is no part of the registry, and no reader sees it. */
export const importTables = [
  'import_decisions',
  'import_files',
  'import_missing',
  'import_names',
  'import_records',
  'import_rows',
  'imports',
]
