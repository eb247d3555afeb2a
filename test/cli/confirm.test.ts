import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { askForConfirmation } from '../../src/cli/confirm.ts'

/** The question of a command on the terminal. */

const makeStream = (isTTY: boolean) => Object.assign(new PassThrough(), { isTTY })

it.each([
  ['y', 'y\n', true],
  ['YES', 'YES\n', true],
  ['n', 'n\n', false],
  ['an empty line', '\n', false],
  ['Ctrl+C', '\u0003', false],
  ['Ctrl+D', '\u0004', false],
])('a question that is answered by %s has the expected answer', async (_name, keys, answer) => {
  const [input, output] = [makeStream(true), makeStream(true)]
  output.resume()
  const asked = askForConfirmation('Commit?', { input, output })
  input.write(keys)
  expect(await asked).toBe(answer)
})

it('a question without a terminal is not asked, and its answer is no', async () => {
  for (const [isInputTTY, isOutputTTY] of [
    [false, true],
    [true, false],
  ] as const) {
    const [input, output] = [makeStream(isInputTTY), makeStream(isOutputTTY)]
    expect(await askForConfirmation('Commit?', { input, output })).toBe(false)
    expect(output.read()).toBeNull()
  }
})
