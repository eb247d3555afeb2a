import { errorCode, errorReason } from '../error-code.ts'
import { OperationalError } from '../operational-error.ts'

/** Options of `printLine`. */
export interface PrintOptions {
  /** Whether a closed pipe is an error. Set it for a line that cannot be printed again, such as a new key. */
  isIrreplaceable?: boolean
}

/**
 * Writes a line to standard output. By default, it is not an error if the reader of a pipe, such as `head`, has closed it.
 * @throws OperationalError if the line cannot be written, such as to a full disk.
 */
export function printLine(text: string, { isIrreplaceable = false }: PrintOptions = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${text}\n`, (error) => {
      if (!error || (errorCode(error) === 'EPIPE' && !isIrreplaceable)) resolve()
      else
        reject(new OperationalError(`the output cannot be written: ${errorReason(error)}`, { cause: error }))
    })
  })
}
