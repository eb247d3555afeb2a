/** A parameter or response as an operation has it. */
export interface Use {
  operationId: string
  /** The singular of the operation's resource, or the name of its tag. */
  owner: string
  /** Name of the component, as far as the part itself gives one: `SignedOnGteParameter`. */
  name: string
  part: object
}

/** Parts that several operations have in common. */
export interface SharedParts {
  components: Record<string, object>
  /** A reference to a part that is shared, otherwise the part itself. */
  of(part: object): object
}

const capitalized = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

/** Joins words, however they are written, to a name such as `SignedOnGte`. */
export const pascalCase = (...words: string[]): string =>
  words.flatMap((word) => word.split(/[^A-Za-z0-9]+/).map(capitalized)).join('')

const verbOf = (operationId: string) => operationId.replace(/[A-Z].*/, '')

/** Possible names of the component of equal parts, the shortest first. The last one is of this part alone. */
function candidates(uses: Use[]): string[] {
  const [{ operationId, owner, name } = { operationId: '', owner: '', name: '' }] = uses
  const owners = new Set(uses.map((use) => use.owner))
  const scoped = owners.size === 1 ? pascalCase(owner, name) : name
  return [scoped, pascalCase(verbOf(operationId), scoped), pascalCase(operationId, name)]
}

/** Names groups of equal parts: each by its first candidate that no other group has as well. */
function nameGroups(groups: Use[][]): Map<Use[], string> {
  const named = new Map<Use[], string>()
  const open = groups.map((uses) => ({ uses, names: candidates(uses) }))
  for (let at = 0; at < 3; at++) {
    const wanting = open.filter(({ uses }) => !named.has(uses))
    for (const { uses, names } of wanting) {
      const name = names[at] ?? ''
      const others = wanting.filter((other) => other.names[at] === name)
      if (others.length === 1 && ![...named.values()].includes(name)) named.set(uses, name)
    }
  }
  return named
}

/**
 * Finds the parts that more than one operation has.
 * @param section of the components: `parameters` or `responses`.
 */
export function shareParts(section: string, uses: Use[]): SharedParts {
  const groups = new Map<string, Use[]>()
  for (const use of uses) {
    const text = JSON.stringify(use.part)
    groups.set(text, [...(groups.get(text) ?? []), use])
  }
  const repeated = [...groups].filter(([, group]) => group.length > 1)
  const names = nameGroups(repeated.map(([, group]) => group))
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
    of: (part) => {
      const name = references.get(JSON.stringify(part))
      return name === undefined ? part : { $ref: `#/components/${section}/${name}` }
    },
  }
}
