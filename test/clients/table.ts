import type { Reporter, TestModule } from 'vitest/node'
// Adds `client` to the type of `test.meta()`.
import type {} from './test-generators.ts'

const steps: readonly string[] = ['generates', 'compiles', 'passes']

/** Prints a table of the generators, and in which steps the client of each succeeded. */
export default class Table implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules
      .flatMap((module) => [...module.children.allTests()])
      .flatMap((test) => test.meta().client ?? [])
      .map(({ language, generator, state, remark }) => {
        const done = steps.map((_, index) => (index <= steps.indexOf(state) ? 'yes' : 'no'))
        const results = state === 'skipped' ? steps.map(() => 'skipped') : done
        return `| ${[language, generator, ...results, remark].join(' | ')} |`
      })
      .sort()
    const head = ['language', 'generator', 'generated', 'compiled', 'ran', 'remarks']
    const line = head.map(() => '---')
    console.log(['', `| ${head.join(' | ')} |`, `| ${line.join(' | ')} |`, ...rows, ''].join('\n'))
  }
}
