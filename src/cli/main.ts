#!/usr/bin/env node
import { constants } from 'node:os'
import closeWithGrace from 'close-with-grace'
import { OperationalError } from '../operational-error.ts'
import { drainSeconds, mistypedSettings, readConfig, startedByNpm } from '../server/config.ts'
import { completionTimeoutMs } from '../server/plugins/shutdown.ts'
import { printLine } from './output.ts'
import { runCommandLine } from './program.ts'
import { Shutdown } from './shutdown.ts'
import { handleUncaughtErrors } from './uncaught.ts'

/** How long the service may take to stop, in milliseconds: a few seconds more than the drain and the requests in flight take. */
const closeTimeoutMs = drainSeconds() * 1000 + completionTimeoutMs + 4000

/** How long the embedded PostgreSQL may take to stop after that: enough for a fast shutdown and then an immediate one. */
const databaseStopTimeoutMs = 120_000

/** Milliseconds between two checks whether the parent process has ended. */
const parentCheckIntervalMs = 250

for (const { name, setting } of mistypedSettings())
  console.error(`entente: the environment variable ${name} has no effect. Did you mean ${setting}?`)

// Without a listener, an error of stdout would be uncaught. `printLine` handles such errors in the callback of `write`.
process.stdout.on('error', () => {})

const shutdown = new Shutdown()
const command = runCommandLine(process.argv.slice(2), {
  signal: shutdown.signal,
  onClose: (close, options) => shutdown.onClose(close, options),
  markServing: () => shutdown.markServing(),
  config: readConfig,
  print: printLine,
  printNote: (text) => console.error(text),
})

let hasFailed = false
let parentTimer: NodeJS.Timeout | undefined
const closing = closeWithGrace(
  {
    delay: closeTimeoutMs + databaseStopTimeoutMs,
    skip: ['uncaughtException', 'unhandledRejection'],
    logger: { error: report },
  },
  async ({ signal }) => {
    // If the signal was also sent to npm, npm ends, and `stopWithParent` would send a second signal, which ends this process
    // immediately.
    clearInterval(parentTimer)
    const interrupted = !shutdown.isServing
    await (interrupted ? shutdown.interrupt() : shutdown.close(closeTimeoutMs))
    // The exit code 1 lets a supervisor restart the process.
    if (hasFailed) process.exit(1)
    // Shells use this exit code for a program that a signal has terminated.
    if (interrupted && signal) process.exit(128 + constants.signals[signal])
  },
)
handleUncaughtErrors(report, (error) => {
  hasFailed = true
  report(error)
  closing.close()
})

command.then(
  async () => {
    if (shutdown.isServing || shutdown.signal.aborted) return
    closing.uninstall()
    await shutdown.close()
  },
  async (error) => {
    if (shutdown.signal.aborted) return
    closing.uninstall()
    report(error)
    await shutdown.close().catch(report)
    process.exit(1)
  },
)

if (startedByNpm()) parentTimer = stopWithParent()

function report(error: unknown): void {
  console.error(error instanceof OperationalError ? `entente: ${error.message}` : error)
}

/**
 * Sends this process SIGTERM when its parent process has ended: npm forwards a signal only to the shell that runs a script,
 * and the shell does not forward it to this process.
 * @returns the timer that looks for the parent.
 */
function stopWithParent(): NodeJS.Timeout {
  const parent = process.ppid
  return setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(parentTimer)
    process.kill(process.pid, 'SIGTERM')
  }, parentCheckIntervalMs).unref()
}
