/** A parameter or response as an operation has it. */
export interface Use {
  operationId: string
  /** The singular of the operation's resource, or the name of its tag. */
  owner: string
  /** Name of the component, as far as the part itself gives one: `SignedOnGte`. */
  name: string
  part: object
}

/** Parameters or responses that several operations share. */
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

/** Possible names of the component of equal parts, the shortest first. The last ones are of this part alone. */
function candidates(uses: Use[]): string[] {
  const [{ operationId, owner, name } = { operationId: '', owner: '', name: '' }] = uses
  const owners = new Set(uses.map((use) => use.owner))
  const verb = verbOf(operationId)
  const scoped = pascalCase(owner, name)
  const shared = [pascalCase(verb, name)]
  const own = [scoped, pascalCase(verb, scoped)]
  return [
    name,
    ...(owners.size === 1 ? own : shared),
    pascalCase(operationId, name),
    pascalCase(operationId, name, 'part'),
  ]
}

/**
 * Names groups of equal parts: each by its first candidate that is free. Those with the most uses choose first.
 * @param others names that other components have.
 */
function nameGroups(groups: Use[][], others: readonly string[]): Map<Use[], string> {
  const names = new Map<Use[], string>()
  const taken = new Set(others.map((name) => name.toLowerCase()))
  for (const uses of [...groups].sort((a, b) => b.length - a.length)) {
    const name = candidates(uses).find((candidate) => !taken.has(candidate.toLowerCase()))
    if (name === undefined) continue
    taken.add(name.toLowerCase())
    names.set(uses, name)
  }
  return names
}

/** Whether a document with a component and references to it is shorter than one with the part wherever it is used. */
function isShorter(section: string, text: string, uses: Use[]): boolean {
  const name = uses[0]?.name ?? ''
  const reference = `{"$ref":"#/components/${section}/${name}"}`
  return text.length + name.length + reference.length * uses.length < text.length * uses.length
}

/**
 * Finds the parts that more than one operation has.
 * @param section of the components: `parameters` or `responses`.
 * @param others names of other components, which generators put beside those of the section.
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
    of: (part) => {
      const name = references.get(JSON.stringify(part))
      return name === undefined ? part : { $ref: `#/components/${section}/${name}` }
    },
  }
}
