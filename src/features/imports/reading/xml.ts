import { formatCount } from '../../../format-count.ts'
import type { JsonValue, Row, RowFault } from '../types.ts'
import { cleanText } from './clean.ts'
import { type FileToRead, type OpenFile, readBytes, unreadableFile } from './file.ts'
import { readLimits } from './limits.ts'
import { splitRowPath } from './path.ts'
import { describeText, openTextFile } from './text.ts'
import { parseXml } from './xml-parser.ts'

/**
 * Opens an XML file. The value of an element is its text. An element with attributes or children becomes an object, in which
 * `@name` is an attribute, `name` a child (a list if there are several) and `#` the text.
 * @throws Problem when it cannot be read.
 */
export async function openXml(file: FileToRead): Promise<OpenFile> {
  const { path, options, mayBeCut } = file
  const text = await openTextFile(file, await declaredEncoding(path))
  const rowPath = options.path === undefined ? undefined : splitRowPath(options.path)
  return { fileInfo: describeText('xml', text), batches: readElements(text.read(), rowPath, mayBeCut) }
}

/** Returns the encoding in the XML declaration, except UTF-8 and UTF-16, which are detected from the bytes. */
async function declaredEncoding(path: string): Promise<string | undefined> {
  const declaration = (await readBytes(path, 'start', 200)).toString('latin1')
  const name = /^\s*<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(declaration)?.[1]
  return name === undefined || /^utf-?(8|16)$/i.test(name) ? undefined : name
}

async function* readElements(
  chunks: AsyncIterable<string>,
  path: readonly string[] | undefined,
  mayBeCut = false,
): AsyncGenerator<readonly Row[], void, undefined> {
  const collector = new RowCollector(path)
  const isCutAllowed = () => mayBeCut && (collector.count > 0 || collector.hasOtherRoot)
  for await (const _ of parseXml('The XML', chunks, collector, isCutAllowed)) yield collector.takeRows()
  if (collector.count > 0) return
  const wanted = path === undefined ? 'children of its root element' : `elements at /${path.join('/')}`
  throw unreadableFile(
    `The XML has no ${wanted}. Its root element is ${collector.root}${collector.childNames}.`,
  )
}

/** An element whose end has not been read. */
interface OpenElement {
  name: string
  values: Map<string, JsonValue | JsonValue[]>
  text: string
}

const maxShownNames = 10

/** Collects the elements at a path as rows. */
class RowCollector {
  root = ''
  count = 0
  readonly #path: readonly string[] | undefined
  readonly #names: string[] = []
  readonly #childNames = new Set<string>()
  /** The elements of the row that is being read, the outermost first. */
  readonly #open: OpenElement[] = []
  #rows: Row[] = []
  #values = 0
  #characters = 0
  #fault: RowFault | undefined

  /** @param path names of the elements from the root to the row; by default, the children of the root are the rows. */
  constructor(path: readonly string[] | undefined) {
    this.#path = path
  }

  /** Whether the root element is not the one in the path, so that the file has no rows, however long it is. */
  get hasOtherRoot(): boolean {
    const [name] = this.#path ?? []
    return name !== undefined && this.root !== '' && !isNamed(this.root, name)
  }

  /** Names of children of the root, at most `maxShownNames`, as the end of a message; empty if it has no children. */
  get childNames(): string {
    return this.#childNames.size > 0 ? `, with ${[...this.#childNames].join(', ')} in it` : ''
  }

  takeRows(): readonly Row[] {
    const rows = this.#rows
    this.#rows = []
    return rows
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#names.push(name)
    if (this.#names.length === 1) this.root = name
    if (this.#names.length === 2 && this.#childNames.size < maxShownNames) this.#childNames.add(name)
    if (this.#open.length === 0 && !this.#isRow()) return
    const entries = Object.entries(attributes).filter(([attribute]) => !/^xmlns(:|$)/.test(attribute))
    this.#addSize(
      1 + entries.length,
      entries.reduce((sum, [attribute, value]) => sum + attribute.length + value.length, name.length),
    )
    const values = new Map(entries.map(([attribute, value]) => [`@${attribute}`, cleanText(value)]))
    this.#open.push({ name, values: this.#fault ? new Map() : values, text: '' })
  }

  text(text: string): void {
    const element = this.#open.at(-1)
    if (!element) return
    this.#addSize(0, text.length)
    if (!this.#fault) element.text += text
  }

  close(): void {
    const element = this.#open.pop()
    const parent = this.#open.at(-1)
    if (element && parent && !this.#fault) addChild(parent, element)
    else if (element && !parent) this.#addRow(element)
    this.#names.pop()
  }

  #isRow(): boolean {
    const names = this.#names
    if (this.#path === undefined) return names.length === 2
    return (
      names.length === this.#path.length && this.#path.every((step, index) => isNamed(names[index], step))
    )
  }

  /** Counts the values and characters of a row. If the row is too large, it gets a fault, and its content is dropped. */
  #addSize(values: number, characters: number): void {
    this.#values += values
    this.#characters += characters
    if (this.#fault) return
    const excess =
      this.#values > readLimits.rowValues
        ? `${formatCount(readLimits.rowValues)} elements and attributes`
        : this.#characters > readLimits.rowCharacters
          ? `${formatCount(readLimits.rowCharacters)} characters`
          : undefined
    if (this.#open.length > readLimits.depth)
      this.#refuse(`is nested more than ${readLimits.depth} levels deep`)
    else if (excess) this.#refuse(`has more than ${excess}`)
  }

  #refuse(detail: string): void {
    this.#fault = { column: '', value: '', detail: `The element ${detail}.` }
    for (const element of this.#open) {
      element.values.clear()
      element.text = ''
    }
  }

  #addRow(element: OpenElement): void {
    this.count += 1
    const content = readContent(element)
    const values = typeof content === 'string' ? { '#': content } : content
    const locator = `/${this.#names.join('/')}[${this.count}]`
    this.#rows.push({ number: this.count, locator, values, ...(this.#fault && { fault: this.#fault }) })
    this.#fault = undefined
    this.#values = 0
    this.#characters = 0
  }
}

const isNamed = (name: string | undefined, step: string) =>
  name === step || name?.slice(name.indexOf(':') + 1) === step

function readContent({ values, text }: OpenElement) {
  const content = cleanText(text)
  if (values.size === 0) return content
  if (content.trim() !== '') values.set('#', content)
  return Object.fromEntries(values)
}

function addChild(parent: OpenElement, child: OpenElement): void {
  const content = readContent(child)
  const existing = parent.values.get(child.name)
  if (existing === undefined) parent.values.set(child.name, content)
  else if (Array.isArray(existing)) existing.push(content)
  else parent.values.set(child.name, [existing, content])
}
