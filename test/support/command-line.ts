import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { runCommandLine } from '../../src/cli/program.ts'
import { Shutdown } from '../../src/cli/shutdown.ts'
import { readConfig } from '../../src/server/config.ts'

/** A run of the real command line. */
export interface Run {
  pid: number | undefined
  /** Resolves to the first line on stdout. Rejects if the process ends without one. */
  firstLine: Promise<string>
  /** Resolves when the process has ended. */
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>
  /** Sends a signal to the process and its children, as a terminal does. */
  signal(name: NodeJS.Signals): void
}

/** Options of `run`, which describes them. */
export interface RunOptions {
  openFiles?: number
  folder?: string
  outputFile?: string
  hasShell?: boolean
}

/**
 * Starts `entente` with the given arguments. Its environment has only `env`, `PATH`, `HOME`, `TMPDIR` and
 * `DRAIN_SECONDS=0`. The process is stopped at the end of the test. `openFiles` limits its open files. `folder` is its
 * working directory, which has the source code to run. Standard output goes to `outputFile` instead of `stdout`. With
 * `hasShell`, the parent of the process is a shell, as under npm, and `code` is the code of the shell.
 */
export function run(
  args: string[],
  env: NodeJS.ProcessEnv = {},
  { openFiles, folder, outputFile, hasShell = false }: RunOptions = {},
): Run {
  const { PATH, HOME, TMPDIR } = process.env
  const command = [process.execPath, '--import', 'tsx', 'src/cli/main.ts', ...args]
  // The shell sets the limit, and `exec` replaces the shell with the command. Without `|| exit`, a shell that runs only this
  // command would also replace itself.
  const [start, end] = hasShell ? ['', ' || exit'] : ['exec ', '']
  const limit = openFiles === undefined ? '' : `ulimit -n ${openFiles} && `
  const redirection = outputFile === undefined ? '' : ` > ${outputFile}`
  const child = spawn('sh', ['-c', `${limit}${start}"$@"${redirection}${end}`, 'sh', ...command], {
    ...(folder !== undefined && { cwd: folder }),
    env: { PATH, HOME, TMPDIR, DRAIN_SECONDS: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const ended = once(child, 'close')
  const signal = (name: NodeJS.Signals) => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, name)
  }
  onTestFinished(async () => {
    signal('SIGTERM')
    await ended
  })
  let stdout = ''
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  const firstLine = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text
      if (stdout.includes('\n')) resolve(stdout.slice(0, stdout.indexOf('\n')))
    })
    child.once('close', () => reject(new Error(`ended without a line on stdout; stderr: ${stderr}`)))
  })
  // Callers that do not use the first line must not get an unhandled rejection.
  firstLine.catch(() => {})
  return { pid: child.pid, firstLine, ended: ended.then(([code]) => ({ code, stdout, stderr })), signal }
}

/**
 * Runs a command in this process, which is faster than a new one, and returns its output.
 * @throws OperationalError, whose message a process would print before it exits.
 */
export async function runInProcess(
  args: string[],
  env: NodeJS.ProcessEnv = {},
  printNote: (text: string) => void = () => {},
): Promise<string> {
  const shutdown = new Shutdown()
  const printed: string[] = []
  try {
    await runCommandLine(args, {
      signal: shutdown.signal,
      onClose: (close, options) => shutdown.onClose(close, options),
      markServing: () => shutdown.markServing(),
      config: () => readConfig(env),
      print: async (text) => {
        printed.push(text)
      },
      printNote,
    })
  } finally {
    await shutdown.close()
  }
  return printed.join('\n')
}
