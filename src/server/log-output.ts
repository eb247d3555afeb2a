import { write, writeSync } from 'node:fs'
import { errorCode } from '../error-code.ts'

/** Maximum length of all lines that wait, such as while a pipe is full, in characters. Further lines are dropped. */
const maxWaitingLength = 16 * 1024 * 1024

/** Pause before a full pipe is tried again, in milliseconds. */
const retryPauseMs = 20

/** How long the end of the process may wait for the reader of a full pipe, in milliseconds. */
const exitWaitMs = 1000

const lineBreak = 0x0a

/**
 * Writes log lines to a file descriptor in the background, many lines at once. Drops lines that cannot be written, as on a full
 * disk, and tries again with the next lines: the service must not stop because its log cannot be written. pino's own
 * destination stops the process then, or keeps it from ending.
 */
export class LogOutput {
  readonly #fd: number
  #waiting = ''
  #isWriting = false
  /** Bytes that a full pipe has not accepted yet. */
  #refused: Buffer | undefined
  /** Whether the last line is incomplete, because the rest could not be written. */
  #endsWithinLine = false

  constructor(fd: number) {
    this.#fd = fd
  }

  /** Writes a line, with its line break. */
  write(line: string): void {
    if (this.#waiting.length + line.length > maxWaitingLength) return
    this.#waiting += line
    if (!this.#isWriting) this.#writeWaiting()
  }

  /** Writes what waits, at the end of the process. Gives up when a pipe stays full. */
  flushAtExit(): void {
    const giveUpAt = performance.now() + exitWaitMs
    let rest = Buffer.concat([this.#refused ?? Buffer.alloc(0), this.#takeWaiting()])
    while (rest.length > 0 && performance.now() < giveUpAt) {
      try {
        rest = rest.subarray(writeSync(this.#fd, rest))
      } catch (error) {
        if (!isFull(error)) return
        sleepSync(retryPauseMs)
      }
    }
  }

  #writeWaiting(): void {
    this.#isWriting = true
    this.#write(this.#takeWaiting())
  }

  #takeWaiting(): Buffer {
    const lines = Buffer.from(this.#endsWithinLine && !this.#refused ? `\n${this.#waiting}` : this.#waiting)
    this.#waiting = ''
    return lines
  }

  #write(bytes: Buffer): void {
    write(this.#fd, bytes, (error, count) => {
      if (isFull(error)) this.#retry(bytes)
      else if (error) this.#continueWith(undefined)
      else {
        this.#endsWithinLine = bytes[count - 1] !== lineBreak
        this.#continueWith(bytes.subarray(count))
      }
    })
  }

  #continueWith(rest: Buffer | undefined): void {
    if (rest && rest.length > 0) this.#write(rest)
    else if (this.#waiting !== '') this.#writeWaiting()
    else this.#isWriting = false
  }

  #retry(bytes: Buffer): void {
    this.#refused = bytes
    // A full pipe must not keep the process from ending.
    setTimeout(() => {
      this.#refused = undefined
      this.#write(bytes)
    }, retryPauseMs).unref()
  }
}

/** Whether a pipe or a terminal accepts no more bytes at the moment. */
const isFull = (error: unknown): boolean => ['EAGAIN', 'EBUSY'].includes(errorCode(error))

/** Blocks the process. */
function sleepSync(durationMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs)
}
