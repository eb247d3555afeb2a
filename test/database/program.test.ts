import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { runProgram } from '../../src/database/embedded/program.ts'

it.skipIf(process.platform === 'win32')(
  'a program that is ended by a signal is reported with the signal',
  async () => {
    const running = runProgram('/bin/sh', ['-c', 'kill -KILL $$'])
    await expect(running).rejects.toThrow(/^sh ended with SIGKILL$/)
  },
)

it.skipIf(process.platform === 'win32')(
  'a program that cannot be started for lack of file descriptors is reported with this reason',
  async () => {
    const script = `import { openSync } from 'node:fs'
      import { runProgram } from './src/database/embedded/program.ts'
      try { for (;;) openSync('/dev/null') } catch {}
      await runProgram('/bin/sh', []).catch((error) => console.log(error.message))`
    const node = [process.execPath, '--import', 'tsx', '--input-type=module', '--eval', script]
    const running = promisify(execFile)('sh', ['-c', 'ulimit -n 100 && exec "$@"', 'sh', ...node])
    expect(await running).toMatchObject({ stdout: 'spawn /bin/sh EMFILE\n' })
  },
)
