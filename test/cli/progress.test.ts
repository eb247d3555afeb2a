import { expect, it, onTestFinished, vi } from 'vitest'
import { ProgressBar } from '../../src/cli/progress.ts'

/** Draws the progress of a commit, once every two seconds, on a terminal. @returns the speeds that are shown. */
function shownSpeeds(doneRows: readonly number[]): (string | undefined)[] {
  const now = vi.spyOn(performance, 'now')
  onTestFinished(() => now.mockRestore())
  let line = ''
  const write = (text: string) => {
    line = text
    return true
  }
  const bar = new ProgressBar({ isTTY: true, write })
  return doneRows.map((done, index) => {
    now.mockReturnValue(10_000 + index * 2000)
    bar.draw({ state: 'committing', done, total: 1000 })
    return /, (.*) per second/.exec(line)?.[1]
  })
}

it('the speed of a continued commit does not count the rows of an earlier run', () => {
  expect(shownSpeeds([500, 520, 540])).toEqual([undefined, '10', '10'])
})

it('the speed is measured again in the next pass of a commit, which counts its rows from 0', () => {
  expect(shownSpeeds([900, 1000, 20, 60])).toEqual([undefined, '50', undefined, '20'])
})
