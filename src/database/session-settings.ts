/**
 * SQL that sets what the service's statements and the parsing of their results depend on, whatever the role or the database
 * has. In another `datestyle` the expiry of a key, for example, would be no date, and in `serializable` a standby would fail.
 */
export const sessionSettings = [
  "datestyle = 'ISO'",
  'search_path = public',
  'extra_float_digits = 1',
  'standard_conforming_strings = on',
  'quote_all_identifiers = off',
  "default_transaction_isolation = 'read committed'",
]
  .map((setting) => `set ${setting}`)
  .join('; ')
