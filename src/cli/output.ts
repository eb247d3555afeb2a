import { errorCode } from '../error-code.ts'
import { OperatorError } from '../operator-error.ts'

export interface PrintOptions {
  /** Whether a reader that has closed the pipe is an error, since the line is printed only once, such as a new key. */
  isIrreplaceable?: boolean
}

/**
 * Writes a line to standard output. A reader that has closed the pipe, such as `head`, is no error by default.
 * @throws OperatorError if the line cannot be written, as on a full disk.
 */
export function printLine(text: string, { isIrreplaceable = false }: PrintOptions = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${text}\n`, (error) => {
      if (!error || (errorCode(error) === 'EPIPE' && !isIrreplaceable)) resolve()
      else reject(new OperatorError(`the output cannot be written: ${error.message}`, { cause: error }))
    })
  })
}
