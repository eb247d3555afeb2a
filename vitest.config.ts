import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: 'test/support/global-setup.ts',
    // Half of a test is waiting: for PostgreSQL, for processes that start, for time to pass.
    maxWorkers: Math.max(4, availableParallelism()),
    // Importing the service takes as long as most files' tests, and its modules keep nothing but what they have made of
    // their own constants, so files share them.
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: ['test/**/*.test.ts'],
          // Benchmarks measure, and what fills whole tables or kills processes takes its time: they have commands of their own.
          exclude: ['test/bench/**', 'test/indexes/**', 'test/faults/**'],
        },
      },
      { extends: true, test: { name: 'indexes', include: ['test/indexes/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'faults',
          // Beside what breaks on purpose: who is let in, and what the past is, as its table tells them too.
          include: [
            'test/faults/**/*.test.ts',
            'test/server/access-matrix.test.ts',
            'test/as-of-replay.test.ts',
          ],
          // Each takes the whole machine, and what one of them breaks must not disturb another.
          fileParallelism: false,
          testTimeout: 1_800_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
