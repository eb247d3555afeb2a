/** The output of the scenario in every language. It reads a registry with the seed data. */
export const expectedOutput = {
  /** `signedOn` of the agreements of Pakistan, the United States or Germany in 2011, two per page. */
  listed: ['2011-04', '2011-05', '2011-06'],
  read: '2011-04',
  /** Versions of a new agreement. */
  created: 1,
  patched: 2,
  stale: [412, '/problems/stale-version'],
  /** The version and the place of the agreement after a patch with null. */
  cleared: [3, null],
  /** The HTTP status of the deletion. */
  removed: 204,
  found: ['2011-04', '2011-06'],
  counted: { CHN: 3, DEU: 1, PAK: 1, USA: 1 },
  /** The first line of the exported file. */
  exported: 'title,signedOn',
  changes: ['create', 'create', 'create'],
  /** The pointers in the problem for an agreement with an unknown topic. */
  refused: ['/topics/0'],
}
