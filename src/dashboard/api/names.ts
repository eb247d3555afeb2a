import type { Names } from './types.ts'

/** The resource and name of what a value refers to, if the response names it. */
export function findName(names: Names, value: string): { resource: string; name: string } | undefined {
  for (const [resource, dictionary] of Object.entries(names)) {
    const name = dictionary[value]
    if (name !== undefined) return { resource, name }
  }
  return undefined
}
