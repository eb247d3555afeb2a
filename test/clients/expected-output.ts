/**
 * The output of the scenario, which is the same in every programming language. The scenario runs against the registry of
 * `openService`.
 */
export const expectedOutput = {
  /** `signedOn` of the agreements of Pakistan, the United States or Germany in 2011, two per page. */
  listed: ['2011-04', '2011-05', '2011-06'],
  /** `signedOn` of the first of these agreements, read by its id. */
  read: '2011-04',
  /** The version of a new agreement. */
  created: 1,
  /** The version of the new agreement after a patch. */
  patched: 2,
  /** The status and the type of the problem for a patch with the first version. */
  stale: [412, '/problems/stale-version'],
  /** The version and the property `place` of the agreement after the patch `{place: null}`. */
  cleared: [3, null],
  /** The HTTP status of the deletion. */
  removed: 204,
  /** `signedOn` of the agreements that a search finds. */
  found: ['2011-04', '2011-06'],
  /** Numbers of agreements since 2011, by country. One agreement has no country. */
  counted: { CHN: 3, DEU: 1, PAK: 1, USA: 1, null: 1 },
  /** The first line of the exported file. */
  exported: 'title,signedOn',
  /** The operations of the first changes in the feed. */
  changes: ['create', 'create', 'create'],
  /** The pointers in the problem for an agreement with an unknown topic. */
  refused: ['/topics/0'],
}
