import { readLimits } from './limits.ts'
import { formatCount, unreadableFile } from './unreadable-file.ts'

/** Maximum nesting of objects and lists outside of the rows. */
const maxDepth = 200

/** Maximum length of a remembered name in characters, and maximum number of remembered names of lists. */
const maxNameLength = 500
const maxLists = 20

/** An object or list around the place that is being read, and the name of the property in it. */
interface Level {
  isList: boolean
  name: string
}

/**
 * Finds the list at a path in JSON that comes in pieces, and cuts out the text of each of its items. It looks at strings,
 * brackets and commas alone; `JSON.parse` checks the items. A class of ours, since the known library for this is not made
 * for input that means harm.
 */
export class JsonSplitter {
  /** Whether the list was found. */
  isFound = false
  /** Names of the lists in the outermost object. */
  readonly lists = new Set<string>()
  readonly #path: readonly string[]
  readonly #levels: Level[] = []
  #inString = false
  #isEscaped = false
  /** The last string outside of the rows: the name of the property, if a colon follows. */
  #name = ''
  #inItems = false
  /** Brackets that are open in the item, and its text in earlier pieces. */
  #itemDepth = 0
  #item = ''

  /** @param path names of the properties that lead to the list. */
  constructor(path: readonly string[]) {
    this.#path = path
  }

  /** Takes the next piece. @returns the texts of the items that end in it. */
  write(piece: string): string[] {
    const items: string[] = []
    // Where the item that is being read begins in this piece.
    let start = 0
    for (let index = 0; index < piece.length; index += 1) {
      const character = piece[index] ?? ''
      if (this.#inString) {
        this.#readString(character)
        continue
      }
      if (character === '"') {
        this.#inString = true
        this.#name = ''
      } else if (!this.#inItems) {
        if (this.#entersItems(character)) start = index + 1
      } else if (this.#itemDepth === 0 && (character === ',' || character === ']')) {
        const item = this.#item + piece.slice(start, index)
        if (character === ',' || item.trim() !== '') items.push(item)
        this.#item = ''
        start = index + 1
        this.#inItems = character === ','
      } else if (character === '{' || character === '[') this.#itemDepth += 1
      else if (character === '}' || character === ']') this.#itemDepth -= 1
    }
    if (this.#inItems) this.#keep(piece.slice(start))
    return items
  }

  /** @throws Problem when the JSON is not complete. */
  end(): void {
    if (this.#inItems || this.#inString || this.#levels.length > 0) {
      throw unreadableFile('The JSON is cut off: it ends before its last bracket.')
    }
  }

  #readString(character: string): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (character === '\\') this.#isEscaped = true
    else if (character === '"') {
      this.#inString = false
      return
    }
    if (!this.#inItems && this.#name.length < maxNameLength) this.#name += character
  }

  #keep(text: string): void {
    this.#item += text
    if (this.#item.length > readLimits.rowCharacters) {
      throw unreadableFile(
        `An item of the list has more than ${formatCount(readLimits.rowCharacters)} characters.`,
      )
    }
  }

  /** Takes a character outside of strings and of the rows. @returns whether the rows begin after it. */
  #entersItems(character: string): boolean {
    const level = this.#levels.at(-1)
    if (character === ':' && level) level.name = this.#name
    else if (character === '}' || character === ']') this.#levels.pop()
    else if (character === '{' || character === '[') {
      const isList = character === '['
      if (isList && this.#levels.length === 1 && !level?.isList && this.lists.size < maxLists) {
        this.lists.add(level?.name ?? '')
      }
      if (isList && !this.isFound && this.#isAtPath()) {
        this.isFound = true
        this.#inItems = true
        return true
      }
      if (this.#levels.length >= maxDepth) {
        throw unreadableFile(`The JSON is nested more than ${maxDepth} levels deep.`)
      }
      this.#levels.push({ isList, name: '' })
    }
    return false
  }

  #isAtPath(): boolean {
    const levels = this.#levels
    return (
      levels.length === this.#path.length &&
      levels.every(({ isList, name }, index) => !isList && name === this.#path[index])
    )
  }
}
