import { expect, it } from 'vitest'
import { runProgram } from '../../src/database/embedded/program.ts'

it.skipIf(process.platform === 'win32')(
  'a program that is ended by a signal is reported with the signal',
  async () => {
    const running = runProgram('/bin/sh', ['-c', 'kill -KILL $$'])
    await expect(running).rejects.toThrow('/bin/sh ended with SIGKILL')
  },
)
