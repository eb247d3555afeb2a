#!/usr/bin/env node
import closeWithGrace from 'close-with-grace'
import { drainSeconds, startedByNpm } from '../config.ts'
import { StartupError } from '../startup-error.ts'
import { runCommand } from './commands.ts'

/** How long requests in flight may take to end when nobody is listened to any more, in milliseconds. */
const grace = 10_000

const opened: (() => Promise<void>)[] = []
const work = runCommand(process.argv.slice(2), (close) => opened.unshift(close))
let stopping = false

const closing = closeWithGrace({ delay: grace + drainSeconds() * 1000 }, async ({ err }) => {
  stopping = true
  if (err) report(err)
  // What is being opened can only be closed when it is open.
  await work.catch(() => {})
  await closeAll()
})

work.then(
  async (outcome) => {
    if (outcome === 'running' || stopping) return
    closing.uninstall()
    await closeAll()
  },
  async (error) => {
    if (stopping) return
    closing.uninstall()
    report(error)
    await closeAll().catch(report)
    process.exit(1)
  },
)

if (startedByNpm()) stopWithParent()

async function closeAll(): Promise<void> {
  for (const close of opened.splice(0)) await close()
}

function report(error: unknown): void {
  console.error(error instanceof StartupError ? `entente: ${error.message}` : error)
}

/**
 * npm passes SIGTERM on to the shell in which it runs a script, and the shell ends without passing it on to us; so the
 * end of the shell is taken for the signal.
 */
function stopWithParent(): void {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 250).unref()
}
