import type { Owner } from './work.ts'

/** An owner, or a group of owners. */
interface Member<Item> {
  /** Number of running items. */
  running: number
  /** Number of waiting items, including duplicates. */
  waiting: number
  /** Number of waiting items that are duplicates: their work also waits under another owner, and is counted there. */
  duplicates: number
  /** Number of its last start, in the sequence of all starts. */
  lastStart: number
  readonly members: Map<string, Member<Item>>
  /** Waiting items of the owner itself, in the order of arrival, and whether each is a duplicate. */
  readonly items: Map<Item, boolean>
}

const createMember = <Item>(): Member<Item> => ({
  running: 0,
  waiting: 0,
  duplicates: 0,
  lastStart: 0,
  members: new Map(),
  items: new Map(),
})

/**
 * A queue that is fair among owners. In each group, the member with the fewest running items is next; among equal members,
 * the one whose last start is the oldest. So no owner starves, and a group gets no more than its share while others wait,
 * however many requests, addresses or end users it has.
 */
export class FairQueue<Item> {
  readonly #root = createMember<Item>()
  #starts = 0

  /** Number of items that wait, without duplicates. */
  get waiting(): number {
    return this.#root.waiting - this.#root.duplicates
  }

  /** Number of started items that have not ended. */
  get running(): number {
    return this.#root.running
  }

  /**
   * Returns the numbers of waiting items of an owner and its groups, without duplicates, from the largest group to the
   * owner.
   */
  countWaiting(owner: Owner): number[] {
    const counts: number[] = []
    let member: Member<Item> | undefined = this.#root
    for (const name of owner) {
      member = member?.members.get(name)
      counts.push(member ? member.waiting - member.duplicates : 0)
    }
    return counts
  }

  /** Whether all waiting items, including duplicates, belong to the given owner. */
  hasOnlyItemsOf(owner: Owner): boolean {
    let member: Member<Item> | undefined = this.#root
    for (const name of owner) member = member?.members.get(name)
    return member?.waiting === this.#root.waiting
  }

  /**
   * Adds a waiting item.
   * @param isDuplicate whether the same work already waits under another owner, so that `waiting` and `countWaiting` leave the item
   *   out.
   */
  add(owner: Owner, item: Item, isDuplicate = false): void {
    const members = this.#ensureMembers(owner)
    members.at(-1)?.items.set(item, isDuplicate)
    countItem(members, 1, isDuplicate)
  }

  /** Removes a waiting item that need not wait any more. Does nothing if the item is not in the queue. */
  remove(owner: Owner, item: Item): void {
    if (takeItem(this.#ensureMembers(owner), item)) this.#prune(owner)
  }

  /** Removes and returns the next item; undefined if none waits. The caller must call `start`. */
  next(): Item | undefined {
    const members = [this.#root]
    for (let member: Member<Item> | undefined = this.#root; member; member = nextMember(member)) {
      if (member !== this.#root) members.push(member)
      const [item] = member.items.keys()
      if (item !== undefined) {
        takeItem(members, item)
        return item
      }
    }
    return undefined
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

/** Adds to the counts of an owner and its groups. */
function countItem<Item>(members: readonly Member<Item>[], count: 1 | -1, isDuplicate: boolean): void {
  for (const member of members) {
    member.waiting += count
    if (isDuplicate) member.duplicates += count
  }
}

/** Removes an item of the last member. @returns whether it was waiting. */
function takeItem<Item>(members: readonly Member<Item>[], item: Item): boolean {
  const items = members.at(-1)?.items
  const isDuplicate = items?.get(item)
  if (isDuplicate === undefined) return false
  items?.delete(item)
  countItem(members, -1, isDuplicate)
  return true
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
