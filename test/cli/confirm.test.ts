import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { askForConfirmation } from '../../src/cli/confirm.ts'

/** The question of a command on the terminal. */

const makeStream = (isTTY: boolean) => Object.assign(new PassThrough(), { isTTY })

it.each([
  ['y', true, 'y\n'],
  ['YES', true, 'YES\n'],
  ['n', false, 'n\n'],
  ['an empty line', false, '\n'],
  ['Ctrl+C', false, '\u0003'],
  ['Ctrl+D', false, '\u0004'],
])('a question that is answered with %s is confirmed: %s', async (_name, isConfirmed, keys) => {
  const [input, output] = [makeStream(true), makeStream(true)]
  output.resume()
  const confirmation = askForConfirmation('Commit?', { input, output })
  input.write(keys)
  expect(await confirmation).toBe(isConfirmed)
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
