import { formatCount } from '../../../format-count.ts'
import { cleanText } from './clean.ts'
import { unreadableFile } from './file.ts'
import { readLimits } from './limits.ts'

/** Maximum nesting depth of objects and lists outside of the items. */
const maxDepth = 200

/** Maximum length of a stored property name in characters. */
const maxNameLength = 500

/**
 * Maximum numbers of stored paths: after `maxNestedLists` paths, no path of a list in an inner object is stored; after `maxLists`,
 * no path at all.
 */
const maxNestedLists = 20
const maxLists = 40

/** Maximum number of objects around a list whose path is stored. Deeper lists are most often parts of a record. */
const maxListDepth = 2

/** The characters that may surround values in JSON. */
const whitespace = ' \t\n\r'

const countLineBreaks = (text: string) => text.split('\n').length - 1

/** An object or list that contains the current position, and the name of its current property. */
interface Level {
  isList: boolean
  name: string
}

/** Decodes the escapes of a property name. A name that may have been cut keeps its escapes. */
function decodeName(name: string): string {
  if (!name.includes('\\') || name.length >= maxNameLength) return cleanText(name)
  try {
    return cleanText(String(JSON.parse(`"${name}"`)))
  } catch (error) {
    throw unreadableFile(`The JSON has an invalid property name: "${cleanText(name)}".`, error)
  }
}

/**
 * Finds the list (JSON array) at a path in JSON that arrives in chunks, and returns the text of each of its items. The
 * splitter recognizes only strings, brackets, colons and commas; `JSON.parse` checks the items. Packages such as stream-json
 * do not limit the memory that malicious input can occupy.
 */
export class JsonSplitter {
  /** Whether the list was found. */
  isFound = false
  /** Whether an object is at the path of the list. */
  isObject = false
  /** Paths of the lists in the outermost object and in its objects, such as `results/bindings`. */
  readonly lists = new Set<string>()
  readonly #path: readonly string[]
  readonly #levels: Level[] = []
  #inString = false
  #isEscaped = false
  /** The last string outside of the items: the name of the property, if a colon follows. */
  #name = ''
  #inItems = false
  /** Whether an item has ended before the current position in the list. */
  #hasItems = false
  /** Number of open brackets in the current item. */
  #itemDepth = 0
  /** The text of the current item from earlier chunks. */
  #item = ''
  /** Whether the outermost object or list has ended. */
  #hasEnded = false
  /** Number of line breaks in earlier chunks. */
  #lineBreaks = 0

  /** @param path names of the properties that lead to the list. */
  constructor(path: readonly string[]) {
    this.#path = path
  }

  /**
   * Reads the next chunk.
   * @returns the texts of the items that end in it.
   * @throws Problem when an item is too long, the nesting is too deep, a property name is invalid, the list ends with a comma, the
   *   property of the list is repeated, or text follows the outermost value: such a list would be read only in part.
   */
  write(chunk: string): string[] {
    const items: string[] = []
    // The position in this chunk at which the current item begins.
    let start = 0
    for (let index = 0; index < chunk.length; index += 1) {
      const character = chunk[index] ?? ''
      if (this.#inString) {
        this.#readString(character)
        continue
      }
      if (this.#hasEnded && !whitespace.includes(character)) {
        throw unreadableFile(
          `The JSON goes on after its end, in line ${this.#line(chunk, index)}. A file has one list: join the lists. If each line is a record, set rows.format to ndjson in the mapping.`,
        )
      }
      if (character === '"') {
        this.#inString = true
        this.#name = ''
      } else if (!this.#inItems) {
        if (this.#entersItems(character)) start = index + 1
        else if (character === ':' && this.isFound && this.#isAtPath()) {
          throw unreadableFile(
            `The JSON repeats the property /${this.#path.join('/')} in line ${this.#line(chunk, index)}. A file has one list: join the lists.`,
          )
        }
      } else if (this.#itemDepth === 0 && (character === ',' || character === ']')) {
        const item = this.#item + chunk.slice(start, index)
        const isBlank = item.trim() === ''
        if (character === ']' && isBlank && this.#hasItems) {
          throw unreadableFile(
            `The list ends with a comma, in line ${this.#line(chunk, index)}: the file is cut off, or the comma must be removed.`,
          )
        }
        if (character === ',' || !isBlank) items.push(item)
        this.#hasItems = true
        this.#item = ''
        start = index + 1
        this.#inItems = character === ','
        this.#hasEnded = !this.#inItems && this.#levels.length === 0
      } else if (character === '{' || character === '[') this.#itemDepth += 1
      else if (character === '}' || character === ']') this.#itemDepth -= 1
    }
    if (this.#inItems) this.#append(chunk.slice(start))
    this.#lineBreaks += countLineBreaks(chunk)
    return items
  }

  /** Returns the number of the line of a character of the current chunk. */
  #line(chunk: string, index: number): number {
    return this.#lineBreaks + countLineBreaks(chunk.slice(0, index)) + 1
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

  #append(text: string): void {
    this.#item += text
    if (this.#item.length > readLimits.rowCharacters) {
      throw unreadableFile(
        `An item of the list has more than ${formatCount(readLimits.rowCharacters)} characters.`,
      )
    }
  }

  /** Reads a character outside of strings and items. @returns whether the items begin after it. */
  #entersItems(character: string): boolean {
    const level = this.#levels.at(-1)
    if (character === ':' && level) level.name = decodeName(this.#name)
    else if (character === '}' || character === ']') {
      this.#levels.pop()
      this.#hasEnded = this.#levels.length === 0
    } else if (character === '{' || character === '[') {
      const isList = character === '['
      if (isList) this.#addList()
      if (!this.isFound && this.#isAtPath()) {
        if (isList) {
          this.isFound = true
          this.#inItems = true
          return true
        }
        this.isObject = true
      }
      if (this.#levels.length >= maxDepth) {
        throw unreadableFile(`The JSON is nested more than ${maxDepth} levels deep.`)
      }
      this.#levels.push({ isList, name: '' })
    }
    return false
  }

  /** Adds the path of a list, unless it is in another list or too deep. */
  #addList(): void {
    const levels = this.#levels
    if (this.lists.size >= (levels.length > 1 ? maxNestedLists : maxLists)) return
    if (levels.length === 0 || levels.length > maxListDepth || levels.some(({ isList }) => isList)) return
    this.lists.add(levels.map(({ name }) => name).join('/'))
  }

  #isAtPath(): boolean {
    const levels = this.#levels
    return (
      levels.length === this.#path.length &&
      levels.every(({ isList, name }, index) => !isList && name === this.#path[index])
    )
  }
}
