import { createInterface } from 'node:readline/promises'

/** The streams of a terminal, or of files and pipes in its place. */
export interface TerminalStreams {
  input: NodeJS.ReadableStream & { isTTY?: boolean }
  output: NodeJS.WritableStream & { isTTY?: boolean }
}

const isAbort = (error: unknown) => error instanceof Error && error.name === 'AbortError'

/**
 * Asks a yes-or-no question on the terminal.
 * @returns true if the answer is `y` or `yes`; false for other answers, without a terminal, and after Ctrl+C or Ctrl+D.
 */
export async function askForConfirmation(
  question: string,
  { input, output }: TerminalStreams = { input: process.stdin, output: process.stdout },
): Promise<boolean> {
  if (!input.isTTY || !output.isTTY) return false
  const terminal = createInterface({ input, output })
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim())
  } catch (error) {
    if (!isAbort(error)) throw error
    output.write('\n')
    return false
  } finally {
    terminal.close()
  }
}
