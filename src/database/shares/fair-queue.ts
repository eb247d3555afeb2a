import type { Owner } from './work.ts'

/** An owner, or a group of owners: how much of their work runs and waits. */
interface Member<Item> {
  running: number
  waiting: number
  /** When something of it was last started, as a number that increases with each start. */
  startedAt: number
  readonly members: Map<string, Member<Item>>
  /** What waits for the owner itself, in the order of its arrival. */
  readonly items: Set<Item>
}

const createMember = <Item>(): Member<Item> => ({
  running: 0,
  waiting: 0,
  startedAt: 0,
  members: new Map(),
  items: new Set(),
})

/**
 * A queue that is fair by owner. Of each group, the member comes next that has the least running, and of equal ones
 * the one that has waited longest since its last start. So no owner starves, and no number of requests, addresses
 * or end clients gives a group more than its share while others wait.
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

  /** The numbers of waiting items of an owner and of its groups, from the largest group to the owner. */
  countWaiting(owner: Owner): number[] {
    const counts: number[] = []
    let member: Member<Item> | undefined = this.#root
    for (const name of owner) {
      member = member?.members.get(name)
      counts.push(member?.waiting ?? 0)
    }
    return counts
  }

  /** Adds an item that waits. */
  add(owner: Owner, item: Item): void {
    this.#path(owner).forEach((member) => {
      member.waiting += 1
    })
    this.#find(owner)?.items.add(item)
  }

  /** Removes an item that waits no longer. */
  remove(owner: Owner, item: Item): void {
    if (!this.#find(owner)?.items.delete(item)) return
    this.#path(owner).forEach((member) => {
      member.waiting -= 1
    })
    this.#prune(owner)
  }

  /** Removes and returns the item that comes next; undefined when none waits. The caller starts it. */
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

  /** Counts work of an owner as running. */
  start(owner: Owner): void {
    this.#starts += 1
    for (const member of this.#path(owner)) {
      member.running += 1
      member.startedAt = this.#starts
    }
  }

  /** Counts work of an owner as ended. */
  end(owner: Owner): void {
    for (const member of this.#path(owner)) member.running -= 1
    this.#prune(owner)
  }

  /** The groups of an owner from the root on, which are made if need be. */
  #path(owner: Owner): Member<Item>[] {
    let member = this.#root
    const path = [member]
    for (const name of owner) {
      let next = member.members.get(name)
      if (!next) {
        next = createMember()
        member.members.set(name, next)
      }
      member = next
      path.push(member)
    }
    return path
  }

  #find(owner: Owner): Member<Item> | undefined {
    return this.#path(owner).at(-1)
  }

  /** Forgets the groups of an owner of which nothing runs or waits. */
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
      (member.running === best.running && member.startedAt < best.startedAt)
    if (isBetter) best = member
  }
  return best
}
