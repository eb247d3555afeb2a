import type { Reporter, TestModule } from 'vitest/node'

/** Lists at the end of a run the tests that passed only on a retry, with the errors of their earlier attempts. */
export default class FlakyTests implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        if (!test.diagnostic()?.flaky) continue
        console.log(`\nflaky: ${module.relativeModuleId} > ${test.fullName}`)
        for (const { stack, message } of test.result().errors ?? []) console.log(stack ?? message)
      }
    }
  }
}
