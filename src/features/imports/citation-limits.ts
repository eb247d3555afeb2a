/** Maximum lengths of the texts of a citation, in characters. */
export const citationLimits = {
  /** `row` in the property `locator`. */
  locator: 200,
  /** `quote` of a mapping. A longer one is dropped; one that is longer than `excerpt` is shortened to it. */
  quote: 5000,
  excerpt: 300,
  note: 10_000,
}
