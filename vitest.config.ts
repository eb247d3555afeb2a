import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { memoryFolder } from './test/support/memory-folder.ts'

/** Opens PostgreSQL with a database that tests clone. */
const globalSetup = 'test/support/global-setup.ts'

/** Keeps all temporary files in memory, for projects with many small databases. Some tests open database servers of their own. */
const inMemory = { TMPDIR: memoryFolder }

/**
 * How often a failed test is repeated. In CI, one failure in thousands of tests, or in one of many failovers, must not refuse a
 * change that has nothing to do with it. The end of the report lists such tests with their errors: each is a fault of the test or
 * of the service.
 */
const retry = process.env.CI === 'true' ? 1 : 0

export default defineConfig({
  test: {
    reporters: ['default', './test/support/flaky-tests.ts'],
    tags: [
      {
        name: 'slow',
        description:
          'Files that take several seconds: they wait, write many records, or send random requests.',
      },
    ],
    // Most projects wait for processes, browsers and timers, so even two processors get three workers.
    maxWorkers: Math.max(3, availableParallelism()),
    // With V8's default size of the young generation, V8 collects the objects of a service while most are still in use, which costs
    // a fifth of the time.
    execArgv: ['--max-semi-space-size=32'],
    // Files of a worker share the imported modules: importing the service takes as long as the tests of most files, and
    // its modules hold no state but what they derive from constants.
    isolate: false,
    testTimeout: 20_000,
    // Hooks create and drop databases, for which PostgreSQL waits until every session of the server responds.
    hookTimeout: 120_000,
    retry,
    // The default of a second is too short for a busy machine.
    expect: { poll: { timeout: 10_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          globalSetup,
          // Each worker imports the service, and compiles the validators of the OpenAPI document, for itself, which takes as long
          // as hundreds of these tests: a third worker on two processors would lengthen the suite.
          maxWorkers: Math.max(2, availableParallelism()),
          env: inMemory,
          include: ['test/**/*.test.ts'],
          // These need a quiet machine, other programs or many minutes, and have commands of their own.
          exclude: [
            'test/**/*.browser.test.ts',
            'test/**/*.process.test.ts',
            'test/bench/**',
            'test/clients/**',
            'test/cluster/**',
            'test/indexes/**',
            'test/faults/**',
            'test/extending/**',
            'test/large/**',
          ],
        },
      },
      // Starts commands, services and PostgreSQL servers as processes of their own. Each takes longer to start than most tests.
      {
        extends: true,
        test: { name: 'processes', globalSetup, env: inMemory, include: ['test/**/*.process.test.ts'] },
      },
      // Opens the pages of the dashboard in Chromium, which takes more processor time than the service.
      {
        extends: true,
        test: {
          name: 'browser',
          globalSetup,
          env: inMemory,
          include: ['test/**/*.browser.test.ts'],
          // Some tests open many views one after another.
          testTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'extending',
          // The contract once more, for a made-up resource on a database of its own.
          include: ['test/contract/**/*.test.ts', 'test/extending/**/*.test.ts'],
          globalSetup: 'test/extending/setup.ts',
          env: inMemory,
        },
      },
      // Generates clients in other languages, and downloads what that needs.
      { extends: true, test: { name: 'clients', globalSetup, include: ['test/clients/*.test.ts'] } },
      { extends: true, test: { name: 'large', globalSetup, include: ['test/large/**/*.test.ts'] } },
      { extends: true, test: { name: 'indexes', globalSetup, include: ['test/indexes/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'faults',
          globalSetup,
          include: ['test/faults/**/*.test.ts'],
          exclude: ['test/faults/isolation.test.ts'],
          // Each uses all processors, and kills processes or fills disks that another test would need.
          fileParallelism: false,
          testTimeout: 1_800_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'cluster',
          globalSetup: 'test/cluster/setup.ts',
          include: ['test/cluster/*.test.ts'],
          // Each opens a cluster of its own at the same addresses.
          fileParallelism: false,
          testTimeout: 900_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'isolation',
          globalSetup,
          // It measures times, so it needs a machine that does nothing else.
          include: ['test/faults/isolation.test.ts'],
          fileParallelism: false,
          testTimeout: 1_800_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
