// @module-tag slow

import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { errorCode } from '../../src/error-code.ts'
import { LogOutput } from '../../src/server/log-output.ts'
import { canMount, mountMemory } from '../support/mount.ts'
import { makeTemporaryFolder } from '../support/temporary-folder.ts'

const open = (file: string, flags: string | number = 'a') => {
  const fd = openSync(file, flags)
  onTestFinished(() => closeSync(fd))
  return fd
}

describe('the output of the log', () => {
  it('writes all lines in their order', async () => {
    const file = join(await makeTemporaryFolder('log'), 'log')
    const output = new LogOutput(open(file))
    const lines = Array.from({ length: 10_000 }, (_, index) => `line ${index} é\n`)
    for (const line of lines) output.write(line)
    await expect.poll(() => readFile(file, 'utf8')).toBe(lines.join(''))
  })

  it('writes what waits when the process ends', async () => {
    const file = join(await makeTemporaryFolder('log'), 'log')
    const code = `import { LogOutput } from ${JSON.stringify(join(process.cwd(), 'src/server/log-output.ts'))}
      const output = new LogOutput(1)
      for (let index = 0; index < 1000; index += 1) output.write(index + '\\n')
      output.flushAtExit()
      process.exit()`
    await writeFile(
      file,
      execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code]),
    )
    expect(new Set((await readFile(file, 'utf8')).trimEnd().split('\n')).size).toBe(1000)
  })

  it('keeps lines while nobody reads a pipe, and delays the end of the process by at most 3 s', async () => {
    const pipe = join(await makeTemporaryFolder('log'), 'pipe')
    execFileSync('mkfifo', [pipe])
    const fd = open(pipe, constants.O_RDWR | constants.O_NONBLOCK)
    const output = new LogOutput(fd)
    const lines = Array.from({ length: 10_000 }, (_, index) => `line ${index} of the log\n`).join('')
    for (const line of lines.match(/.*\n/g) ?? []) output.write(line)
    // The pipe is full now.
    await sleep(100)
    const buffer = Buffer.alloc(1024 * 1024)
    let read = ''
    const readMore = () => {
      try {
        read += buffer.toString('utf8', 0, readSync(fd, buffer))
      } catch (error) {
        expect(errorCode(error)).toBe('EAGAIN')
      }
      return read
    }
    await expect.poll(readMore).toBe(lines)

    for (let index = 0; index < 100_000; index += 1) output.write('nobody reads this\n')
    await sleep(100)
    const startedAt = performance.now()
    output.flushAtExit()
    expect(performance.now() - startedAt).toBeLessThan(3000)
  })

  it.runIf(canMount)('begins a new line after one that a full disk has cut off', async () => {
    const folder = await mountMemory('size=8k')
    const [file, filler] = [join(folder, 'log'), join(folder, 'filler')]
    await writeFile(filler, '.'.repeat(4096))
    const output = new LogOutput(open(file))
    output.write(`${'a'.repeat(5000)}\n`)
    await sleep(100)
    output.write('dropped\n')
    await sleep(100)
    await rm(filler)
    output.write('kept\n')
    await expect.poll(() => readFile(file, 'utf8')).toBe(`${'a'.repeat(4096)}\nkept\n`)
  })
})
