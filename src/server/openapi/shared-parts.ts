import { capitalize } from '../../wording.ts'

/** The start of a reference to a named schema. */
export const schemaPrefix = '#/components/schemas/'

/** The use of a part (a parameter, response, body or header) by an operation. */
export interface Use {
  operationId: string
  /** The singular of the operation's resource; without a resource, the operation's tag. */
  subject: string
  /** Name of the component without operation and subject: `SignedOnGte`. */
  name: string
  part: object
}

/** Parts that several operations share as components. */
export interface SharedParts {
  components: Record<string, object>
  /** Returns a reference to the component of a shared part; returns other parts unchanged. */
  toReference(part: object): object
}

/** Joins words of any notation into a name such as `SignedOnGte`. */
export const pascalCase = (...words: string[]): string =>
  words.flatMap((word) => word.split(/[^A-Za-z0-9]+/).map(capitalize)).join('')

/** The uses of equal parts. */
type Group = [first: Use, ...others: Use[]]

/**
 * Returns possible names for the component of equal parts, from general to specific. Verb and operation are those of the first
 * use. The last two names contain the id of the operation, so no other part has them; the last one is for a clash with another
 * component.
 */
function candidateNames(uses: Group): string[] {
  const [{ operationId, subject, name }] = uses
  const verb = operationId.replace(/[A-Z].*/, '')
  const specific = pascalCase(subject, name)
  const isSpecific = uses.every((use) => use.subject === subject)
  return [
    name,
    ...(isSpecific ? [specific, pascalCase(verb, specific)] : [pascalCase(verb, name)]),
    pascalCase(operationId, name),
    pascalCase(operationId, name, 'part'),
  ]
}

/**
 * Gives each group its first free candidate name. The most used groups choose first. A group without a free name gets none.
 * @param groups the groups by the JSON of their part.
 * @param others names of other components.
 * @returns the names by the JSON of the part.
 */
function nameGroups(
  groups: readonly (readonly [string, Group])[],
  others: readonly string[],
): Map<string, string> {
  const names = new Map<string, string>()
  const taken = new Set(others.map((name) => name.toLowerCase()))
  for (const [text, uses] of [...groups].sort(([, a], [, b]) => b.length - a.length)) {
    const name = candidateNames(uses).find((candidate) => !taken.has(candidate.toLowerCase()))
    if (name === undefined) continue
    taken.add(name.toLowerCase())
    names.set(text, name)
  }
  return names
}

/**
 * Estimates, from the shortest possible name, whether the document is shorter with a component and references to it than with a
 * copy of the part at each use.
 */
function isShorter(section: string, text: string, uses: Group): boolean {
  const [{ name }] = uses
  const reference = `{"$ref":"#/components/${section}/${name}"}`
  return text.length + name.length + reference.length * uses.length < text.length * uses.length
}

/**
 * Finds the parts of several operations that become components, because this makes the document shorter.
 * @param section of the components, such as `parameters`.
 * @param others names of other components, which client generators put into the same namespace.
 */
export function shareParts(section: string, uses: Use[], others: readonly string[] = []): SharedParts {
  const groups = new Map<string, Group>()
  for (const use of uses) {
    const text = JSON.stringify(use.part)
    const group = groups.get(text)
    if (group) group.push(use)
    else groups.set(text, [use])
  }
  const repeated = [...groups].filter(([text, group]) => isShorter(section, text, group))
  const names = nameGroups(repeated, others)
  const components = repeated.flatMap(([text, [{ part }]]) => {
    const name = names.get(text)
    return name === undefined ? [] : [[name, part] as const]
  })
  return {
    components: Object.fromEntries(components.sort(([a], [b]) => (a < b ? -1 : 1))),
    toReference: (part) => {
      const name = names.get(JSON.stringify(part))
      return name === undefined ? part : { $ref: `#/components/${section}/${name}` }
    },
  }
}
