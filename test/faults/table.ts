import type { Reporter, TestModule } from 'vitest/node'

declare module 'vitest' {
  interface TaskMeta {
    /** What a test has counted and measured, for the table. */
    figures?: Record<string, number | string>
  }
}

const shown = ([name, value]: [string, number | string]) => `${name}: ${value.toLocaleString('en')}`

/** Prints all tests of a run as a table: what was to hold, whether it did, how long it took and what was counted. */
export default class Table implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules
      .flatMap((module) => [...module.children.allTests()])
      .map((test) => {
        const { state } = test.result()
        const took = `${((test.diagnostic()?.duration ?? 0) / 1000).toFixed(1)} s`
        const figures = Object.entries(test.meta().figures ?? {}).map(shown)
        return `| ${[test.fullName, state, took, figures.join('; ')].join(' | ')} |`
      })
    console.log(
      ['', '| what holds | | time | counted |', '| --- | --- | --- | --- |', ...rows, ''].join('\n'),
    )
  }
}
