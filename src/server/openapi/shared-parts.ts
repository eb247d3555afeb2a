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

const verbOf = (operationId: string) => operationId.replace(/[A-Z].*/, '')

/**
 * Returns possible names for the component of equal parts, from general to specific. Verb and operation are those of the first
 * use. The last two names contain the id of the operation, so no other part has them; the last one is for a clash with another
 * component.
 */
function candidateNames(uses: Use[]): string[] {
  const [{ operationId, subject, name } = { operationId: '', subject: '', name: '' }] = uses
  const subjects = new Set(uses.map((use) => use.subject))
  const verb = verbOf(operationId)
  const specific = pascalCase(subject, name)
  const sharedNames = [pascalCase(verb, name)]
  const specificNames = [specific, pascalCase(verb, specific)]
  return [
    name,
    ...(subjects.size === 1 ? specificNames : sharedNames),
    pascalCase(operationId, name),
    pascalCase(operationId, name, 'part'),
  ]
}

/**
 * Gives each group of equal parts its first free candidate name. The most used groups choose first.
 * @param others names of other components.
 */
function nameGroups(groups: Use[][], others: readonly string[]): Map<Use[], string> {
  const names = new Map<Use[], string>()
  const taken = new Set(others.map((name) => name.toLowerCase()))
  for (const uses of [...groups].sort((a, b) => b.length - a.length)) {
    const name = candidateNames(uses).find((candidate) => !taken.has(candidate.toLowerCase()))
    // Without a free name, the part does not become a component.
    if (name === undefined) continue
    taken.add(name.toLowerCase())
    names.set(uses, name)
  }
  return names
}

/**
 * Estimates, from the shortest possible name, whether the document is shorter with a component and references to it than with a
 * copy of the part at each use.
 */
function isShorter(section: string, text: string, uses: Use[]): boolean {
  const name = uses[0]?.name ?? ''
  const reference = `{"$ref":"#/components/${section}/${name}"}`
  return text.length + name.length + reference.length * uses.length < text.length * uses.length
}

/**
 * Finds the parts of several operations that become components, because this makes the document shorter.
 * @param section of the components, such as `parameters`.
 * @param others names of other components, which client generators put into the same namespace.
 */
export function shareParts(section: string, uses: Use[], others: readonly string[] = []): SharedParts {
  const groups = new Map<string, Use[]>()
  for (const use of uses) {
    const text = JSON.stringify(use.part)
    groups.set(text, [...(groups.get(text) ?? []), use])
  }
  const repeated = [...groups].filter(([text, group]) => isShorter(section, text, group))
  const names = nameGroups(
    repeated.map(([, group]) => group),
    others,
  )
  const references = new Map<string, string>()
  const components: Record<string, object> = {}
  for (const [text, group] of repeated) {
    const name = names.get(group)
    const [first] = group
    if (name === undefined || first === undefined) continue
    references.set(text, name)
    components[name] = first.part
  }
  const sorted = Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    components: Object.fromEntries(sorted),
    toReference: (part) => {
      const name = references.get(JSON.stringify(part))
      return name === undefined ? part : { $ref: `#/components/${section}/${name}` }
    },
  }
}
