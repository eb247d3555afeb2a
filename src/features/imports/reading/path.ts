import { unreadableFile } from './unreadable-file.ts'

/** Splits the path to the rows of a JSON or XML file. @example splitRowPath('/results/items') // ['results', 'items'] */
export function splitRowPath(path: string): string[] {
  const steps = path.replace(/^\//, '').split('/')
  if (path === '/' || path === '') return []
  if (steps.some((step) => step === '')) throw unreadableFile(`The path "${path}" of rows has an empty step.`)
  return steps
}
