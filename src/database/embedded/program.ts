import { spawn } from 'node:child_process'
import { basename, parse } from 'node:path'

export interface ProgramOptions {
  uid?: number
  gid?: number
  /** The folder in which the program runs; by default the root folder, since its user may be unable to enter the current one. */
  cwd?: string
  /** Ends the program and, except on Windows, its child processes. */
  signal?: AbortSignal | undefined
}

/** Milliseconds between SIGTERM and SIGKILL. */
const terminationTimeoutMs = 500

const hasProcessGroups = process.platform !== 'win32'

/**
 * Runs a program to its end. Except on Windows, it is in a process group of its own: Ctrl-C in the terminal does not reach it,
 * and an abort also ends its child processes.
 * @throws when the program fails, an Error whose message is the line of its error output that says why, and whose property
 * `stderr` is the whole output; the error of `spawn` when it cannot be started; `signal.reason` after an abort.
 */
export async function runProgram(
  program: string,
  args: string[],
  { signal, ...options }: ProgramOptions = {},
): Promise<void> {
  signal?.throwIfAborted()
  const child = spawn(program, args, {
    cwd: parse(program).root || '/',
    ...options,
    detached: hasProcessGroups,
    windowsHide: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  // Undefined, unlike its type says, if there is no free file descriptor. The event `error` then follows.
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  const kill = (name: NodeJS.Signals) => {
    if (!hasProcessGroups) child.kill(name)
    else if (child.pid !== undefined) killGroup(child.pid, name)
  }
  let timer: NodeJS.Timeout | undefined
  const onAbort = () => {
    kill('SIGTERM')
    timer = setTimeout(kill, terminationTimeoutMs, 'SIGKILL')
  }
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    const outcome = await new Promise<number | string | null>((resolve, reject) => {
      child.once('error', reject).once('close', (code, signalName) => resolve(code ?? signalName))
    })
    signal?.throwIfAborted()
    if (outcome !== 0) {
      const reason = errorLine(stderr) ?? `${basename(program)} ended with ${outcome}`
      throw Object.assign(new Error(reason), { stderr })
    }
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

/**
 * Returns the first line with an error, otherwise the last line; undefined if there is none. Adds a hint if a shared library is
 * missing.
 */
function errorLine(stderr: string): string | undefined {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  const line = lines.find((text) => /error:|fatal:/i.test(text)) ?? lines.at(-1)
  const isLibraryMissing = /shared librar|Library not loaded/.test(stderr)
  return line !== undefined && isLibraryMissing
    ? `${line} (packages were installed without their install scripts: run npm rebuild)`
    : line
}

function killGroup(leader: number, name: NodeJS.Signals): void {
  try {
    process.kill(-leader, name)
  } catch {
    // The process group has ended.
  }
}
