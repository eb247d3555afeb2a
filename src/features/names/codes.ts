/** Codes of countries and regions. */

/** The schemes in which a name without a scheme is looked up as a code. */
export const codeSchemes = ['alpha3', 'alpha2', 'numeric', 'key']

const anyCode = /^([A-Z]{2,3}|\d{3})$/

const codeForms = new Map([
  ['alpha2', /^[A-Z]{2}$/],
  ['alpha3', /^[A-Z]{3}$/],
  ['numeric', /^\d{3}$/],
  ['key', anyCode],
  ['iso3166', anyCode],
])

/** Whether a text has the form of the codes of a scheme of countries, in capitals; false for any other scheme. */
export const hasCodeForm = (scheme: string, text: string): boolean =>
  codeForms.get(scheme)?.test(text) === true

/** Returns a code with leading zeros up to three digits if its scheme is `numeric`; any other code unchanged. */
export const normalizeCode = (scheme: string, code: string): string =>
  scheme === 'numeric' ? code.padStart(3, '0') : code
