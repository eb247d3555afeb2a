import type { Reporter, TestModule } from 'vitest/node'

declare module 'vitest' {
  interface TaskMeta {
    /** Counts and measurements of a test, for the table. */
    figures?: Record<string, number | string>
  }
}

const formatFigure = ([name, value]: [string, number | string]) => `${name}: ${value.toLocaleString('en')}`

/** Prints all tests of a run as a table: title, result, duration and measurements. */
export default class Table implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules
      .flatMap((module) => [...module.children.allTests()])
      .map((test) => {
        const { state } = test.result()
        const duration = `${((test.diagnostic()?.duration ?? 0) / 1000).toFixed(1)} s`
        const figures = Object.entries(test.meta().figures ?? {}).map(formatFigure)
        return `| ${[test.fullName, state, duration, figures.join('; ')].join(' | ')} |`
      })
    console.log(
      ['', '| guarantee | result | time | figures |', '| --- | --- | --- | --- |', ...rows, ''].join('\n'),
    )
  }
}
