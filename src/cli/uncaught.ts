import { errorCode } from '../error-code.ts'

/**
 * Codes of errors that end one connection, stream or file and leave everything else as it was: the peer or the client is
 * gone, a stream was written to after its end, or no descriptor was left for a moment.
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

/** SQLSTATE classes of a lost connection to PostgreSQL: connection, resources, shutdown. */
const lostConnection = /^(08|53|57P)\w+$/

/** Milliseconds between two reports of survived errors: each may be one of thousands. */
const reportIntervalMs = 1000

const isSurvivable = (error: unknown): boolean =>
  survivableCodes.has(errorCode(error)) || lostConnection.test(errorCode(error))

/**
 * Handles errors that nothing has caught. Those of a single connection or stream are reported, and the process lives on.
 * Any other error means that the state of the process is not what the code expects: `end` must then end it, once.
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
      new Error(`the process goes on after an error that nothing has caught (${unreported})`, {
        cause: error,
      }),
    )
    unreported = 0
  }
  process.on('uncaughtException', handle)
  process.on('unhandledRejection', handle)
}
