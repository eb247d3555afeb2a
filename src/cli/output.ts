import { errorCode } from '../error-code.ts'
import { OperatorError } from '../operator-error.ts'

/**
 * Writes a line to standard output. A reader that has closed the pipe, such as `head`, is no error.
 * @throws OperatorError if the line cannot be written, as on a full disk.
 */
export function printLine(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${text}\n`, (error) => {
      if (!error || errorCode(error) === 'EPIPE') resolve()
      else reject(new OperatorError(`the output cannot be written: ${error.message}`, { cause: error }))
    })
  })
}
