/** Maximum lengths of the texts of a citation, in characters. */
export const citationLimits = {
  /** The row of the locator. */
  locator: 200,
  /** `quote` of a mapping. A longer one is dropped; one that is longer than an excerpt is cut off. */
  quote: 5000,
  excerpt: 300,
  note: 10_000,
}
