/**
 * SQL that sets the settings on which the service's statements and the parsing of their results depend, whatever the role or
 * the database sets. With another `datestyle`, for example, pg could not parse the expiry of a key. A hot standby refuses
 * statements in the isolation level `serializable`.
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
