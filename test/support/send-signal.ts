import { errorCode } from '../../src/error-code.ts'

/** Sends a signal to a process, which may have ended. @throws any other error than that there is no such process. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error
  }
}
