import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'

/** A server in its own process. */
export interface Server {
  origin: string
  pid: number
  close(): Promise<void>
}

function readAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const [address] = /http:\/\/[\d.]+:\d+/.exec(text) ?? []
      if (address) resolve(address)
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the server exited with code ${code} before it listened`)))
  })
}

/** Starts a server program, and waits until it prints its address. @throws when it cannot be started, or exits before that. */
export async function startProgram(
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  folder = process.cwd(),
): Promise<Server> {
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const origin = await readAddress(child)
  const { pid } = child
  if (pid === undefined) throw new Error('the server has no process id')
  return {
    origin,
    pid,
    close: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Starts a server that runs on Node.js. */
export const startNode = (args: string[], env: NodeJS.ProcessEnv): Promise<Server> =>
  startProgram(process.execPath, args, env)

/** Starts a TypeScript file of this folder. */
export const startSource = (file: string, env: NodeJS.ProcessEnv): Promise<Server> =>
  startNode(['--import', 'tsx', new URL(file, import.meta.url).pathname], env)

/** Clock ticks per second (`USER_HZ`). Linux counts the CPU time of processes in these ticks. */
const ticksPerSecond = 100

/** Returns the CPU time that a process has used, in microseconds; NaN where there is no /proc. */
export async function readCpuMicroseconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1e6
}

/** Returns the resident memory (RSS) of a process, in MB; NaN where there is no /proc. */
export async function readMemoryMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  // The unit that /proc calls kB is 1,024 bytes.
  return (Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024) / 1_000_000
}
