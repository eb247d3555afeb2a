const share = Number(process.env.TEST_SHARE ?? 1)
if (!(share > 0 && share <= 1)) throw new Error('TEST_SHARE: must be a number above 0, at most 1')

/**
 * Returns how often a test with tens of thousands of repetitions repeats something: `count`, or the share of it that the
 * environment variable TEST_SHARE states (above 0, at most 1), which `.ci/run` sets on a slow machine.
 */
export const repetitions = (count: number): number => Math.ceil(count * share)
