import { setTimeout as sleep } from 'node:timers/promises'
import { adminKey } from '../support/app.ts'
import { type Run, type RunOptions, run } from '../support/command-line.ts'
import { freePort } from '../support/ports.ts'

/** The service as a process that can be killed and restarted at the same address. */
export interface Service {
  origin: string
  /** The current process. */
  currentRun(): Run
  /** Kills the process and waits until it has ended. */
  kill(): Promise<void>
  /** Stops the process with SIGTERM and returns its exit code. */
  stop(): Promise<number | null>
  start(): Promise<void>
}

/**
 * Starts the service with a database, on a free port. `env` sets or overrides environment variables. `options` are
 * options of the process.
 */
export async function openService(
  databaseUrl: string,
  env: NodeJS.ProcessEnv = {},
  options: RunOptions = {},
): Promise<Service> {
  const port = await freePort()
  let current: Run
  const start = async () => {
    const defaults = {
      DATABASE_URL: databaseUrl,
      PORT: String(port),
      ADMIN_KEY: adminKey,
      LOG_LEVEL: 'fatal',
    }
    current = run(['serve'], { ...defaults, ...env }, options)
    await current.firstLine
  }
  await start()
  return {
    origin: `http://127.0.0.1:${port}`,
    currentRun: () => current,
    start,
    kill: async () => {
      current.signal('SIGKILL')
      await current.ended
    },
    stop: async () => {
      current.signal('SIGTERM')
      return (await current.ended).code
    },
  }
}

/** Headers of an administrator who sends JSON. */
export const asAdministrator = {
  authorization: `Bearer ${adminKey}`,
  'content-type': 'application/json',
}

/** Sends a request and reads the response as text; undefined without a connection, or if it is lost before the response ends. */
export async function fetchText(
  url: string,
  init: RequestInit,
): Promise<{ status: number; headers: Headers; text: string } | undefined> {
  try {
    const response = await fetch(url, init)
    return { status: response.status, headers: response.headers, text: await response.text() }
  } catch {
    return undefined
  }
}

/** Waits until a condition is met. @throws after a timeout in milliseconds. */
export async function waitUntil(
  condition: () => Promise<boolean> | boolean,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`the condition was not met within ${timeoutMs} ms`)
    await sleep(20)
  }
}
