import { errorCode } from '../error-code.ts'
import { failure } from '../operational-error.ts'

/** Options of `printLine`. */
export interface PrintOptions {
  /** Whether the line cannot be printed again, such as a new key. Then it is an error if the reader of a pipe has closed it. */
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
      else reject(failure('the output cannot be written', error))
    })
  })
}
