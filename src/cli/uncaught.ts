import { errorCode } from '../error-code.ts'

/**
 * Node's codes of errors that affect only one connection, stream or file: the peer was unreachable or has disconnected, an
 * operation was aborted, a stream was written to after its end, or no file descriptor was free.
 */
const survivableCodes = new Set([
  'ABORT_ERR',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'EMFILE',
  'ENETUNREACH',
  'ENFILE',
  'EPIPE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_WRITE_AFTER_END',
  'ETIMEDOUT',
])

/**
 * SQLSTATE classes of a database that is unavailable for a while: lost connections, insufficient resources (such as connections,
 * memory or disk space), start and shutdown of PostgreSQL.
 */
const databaseUnavailableStates = /^(08|53|57P)\w+$/

/** Minimum milliseconds between two reports of survivable errors, since there may be thousands. */
const reportIntervalMs = 1000

const isSurvivable = (error: unknown): boolean =>
  survivableCodes.has(errorCode(error)) || databaseUnavailableStates.test(errorCode(error))

/**
 * Handles uncaught errors. An error of a single connection, stream or file, or of an unavailable database, is reported, and the
 * process continues. After any other error, the state of the process is unknown, so `end` is called to stop the process. A second
 * such error ends the process immediately.
 */
export function handleUncaughtErrors(report: (error: unknown) => void, end: (error: unknown) => void): void {
  let nextReportAt = Number.NEGATIVE_INFINITY
  let unreported = 0
  let isEnding = false
  const handle = (error: unknown) => {
    if (!isSurvivable(error)) {
      if (isEnding) {
        report(error)
        process.exit(1)
      }
      isEnding = true
      return end(error)
    }
    unreported += 1
    if (performance.now() < nextReportAt) return
    nextReportAt = performance.now() + reportIntervalMs
    report(
      new Error(`the process continues after an uncaught error (${unreported} since the last report)`, {
        cause: error,
      }),
    )
    unreported = 0
  }
  process.on('uncaughtException', handle)
  process.on('unhandledRejection', handle)
}
