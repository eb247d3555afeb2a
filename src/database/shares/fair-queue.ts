import type { Owner } from './work.ts'

/** An owner, or a group of owners. */
interface Member<Item> {
  /** Number of running items. */
  running: number
  /** Number of waiting items. */
  waiting: number
  /** Number of its last start, in the sequence of all starts. */
  lastStart: number
  readonly members: Map<string, Member<Item>>
  /** Waiting items of the owner itself, in the order of arrival. */
  readonly items: Set<Item>
}

const createMember = <Item>(): Member<Item> => ({
  running: 0,
  waiting: 0,
  lastStart: 0,
  members: new Map(),
  items: new Set(),
})

/**
 * A queue that is fair among owners. In each group, the member with the fewest running items is next; among equal members,
 * the one whose last start is the oldest. So no owner starves, and a group gets no more than its share while others wait,
 * however many requests, addresses or end clients it has.
 */
export class FairQueue<Item> {
  readonly #root = createMember<Item>()
  #starts = 0

  /** Number of items that wait. */
  get waiting(): number {
    return this.#root.waiting
  }

  /** Number of started items that have not ended. */
  get running(): number {
    return this.#root.running
  }

  /** Returns the numbers of waiting items of an owner and its groups, from the largest group to the owner. */
  countWaiting(owner: Owner): number[] {
    const counts: number[] = []
    let member: Member<Item> | undefined = this.#root
    for (const name of owner) {
      member = member?.members.get(name)
      counts.push(member?.waiting ?? 0)
    }
    return counts
  }

  /** Adds a waiting item. */
  add(owner: Owner, item: Item): void {
    this.#ensureMembers(owner).forEach((member) => {
      member.waiting += 1
    })
    this.#ensureMember(owner)?.items.add(item)
  }

  /** Removes an item that is no longer waiting. */
  remove(owner: Owner, item: Item): void {
    if (!this.#ensureMember(owner)?.items.delete(item)) return
    this.#ensureMembers(owner).forEach((member) => {
      member.waiting -= 1
    })
    this.#prune(owner)
  }

  /** Removes and returns the next item; undefined if none waits. The caller must call `start`. */
  next(): Item | undefined {
    let member = this.#root
    for (;;) {
      member.waiting -= 1
      const [item] = member.items
      if (item !== undefined) {
        member.items.delete(item)
        return item
      }
      const found = nextMember(member)
      if (!found) {
        member.waiting += 1
        return undefined
      }
      member = found
    }
  }

  /** Counts an item of an owner as running. */
  start(owner: Owner): void {
    this.#starts += 1
    for (const member of this.#ensureMembers(owner)) {
      member.running += 1
      member.lastStart = this.#starts
    }
  }

  /** Counts an item of an owner as ended. */
  end(owner: Owner): void {
    for (const member of this.#ensureMembers(owner)) member.running -= 1
    this.#prune(owner)
  }

  /** Returns the members from the root to the owner. Creates those that are missing. */
  #ensureMembers(owner: Owner): Member<Item>[] {
    let member = this.#root
    const chain = [member]
    for (const name of owner) {
      let next = member.members.get(name)
      if (!next) {
        next = createMember()
        member.members.set(name, next)
      }
      member = next
      chain.push(member)
    }
    return chain
  }

  #ensureMember(owner: Owner): Member<Item> | undefined {
    return this.#ensureMembers(owner).at(-1)
  }

  /** Removes an owner, and the groups of the owner, if they have no running or waiting items. */
  #prune(owner: Owner): void {
    let member = this.#root
    for (const name of owner) {
      const next = member.members.get(name)
      if (!next) return
      if (next.running === 0 && next.waiting === 0) {
        member.members.delete(name)
        return
      }
      member = next
    }
  }
}

function nextMember<Item>({ members }: Member<Item>): Member<Item> | undefined {
  let best: Member<Item> | undefined
  for (const member of members.values()) {
    if (member.waiting === 0) continue
    const isBetter =
      !best ||
      member.running < best.running ||
      (member.running === best.running && member.lastStart < best.lastStart)
    if (isBetter) best = member
  }
  return best
}
