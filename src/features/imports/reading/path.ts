import { unreadableFile } from './file.ts'

/**
 * Splits the path to the rows of a JSON or XML file.
 * @throws Problem when a step of the path is empty.
 * @example splitRowPath('/results/items') // ['results', 'items']
 */
export function splitRowPath(path: string): string[] {
  const steps = path.replace(/^\//, '').split('/')
  if (path === '/' || path === '') return []
  if (steps.some((step) => step === '')) {
    throw unreadableFile(
      `rows.path "${path}" has an empty step. Write names with one / between them, such as /results/items.`,
    )
  }
  return steps
}
