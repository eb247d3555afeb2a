import { SaxesParser } from 'saxes'
import { formatCount } from '../../../format-count.ts'
import { Problem } from '../../../problems/problem.ts'
import { unreadableFile } from './file.ts'
import { readLimits } from './limits.ts'

/** Callbacks for elements and texts of an XML document. */
export interface XmlHandlers {
  open(name: string, attributes: Readonly<Record<string, string>>): void
  close(name: string): void
  /** Text or CDATA, in chunks. */
  text(text: string): void
}

/** Maximum nesting depth of elements: that of a row, and as many levels around the row. */
const maxDepth = 2 * readLimits.depth

/**
 * Parses XML 1.0. Refuses document type declarations, so that only the five predefined entities are known and no external entities
 * are loaded.
 * @param subject what is parsed, for messages: `The XML`.
 * @param isCutAllowed whether the document may be incomplete, after all chunks are parsed. Default: never.
 * @returns a generator that yields after each chunk.
 * @throws Problem when the XML is malformed or incomplete, has a DTD, or is beyond a limit.
 */
export async function* parseXml(
  subject: string,
  chunks: AsyncIterable<string>,
  handlers: XmlHandlers,
  isCutAllowed = () => false,
): AsyncGenerator<undefined, void, undefined> {
  const parser = new SaxesParser<{ xmlns?: false; position: boolean }>({ position: true })
  let depth = 0
  let charactersSinceTag = 0
  const fail = (detail: string) => unreadableFile(`${subject} ${detail} (line ${parser.line})`)
  parser.on('error', (error) => {
    throw fail(`is malformed or cut off: ${error.message.replace(/^\d+:\d+: /, '')}`)
  })
  parser.on('doctype', () => {
    throw fail('has a document type declaration (DOCTYPE), which is not allowed. Remove it')
  })
  parser.on('opentag', ({ name, attributes }) => {
    charactersSinceTag = 0
    depth += 1
    if (depth > maxDepth) throw fail(`has elements nested more than ${maxDepth} levels deep`)
    handlers.open(name, attributes)
  })
  parser.on('closetag', ({ name }) => {
    charactersSinceTag = 0
    depth -= 1
    handlers.close(name)
  })
  parser.on('text', (text) => handlers.text(text))
  parser.on('cdata', (text) => handlers.text(text))
  const guard = (work: () => void) => {
    try {
      work()
    } catch (error) {
      throw error instanceof Problem ? error : fail(`is malformed: ${String(error)}`)
    }
  }
  for await (const chunk of chunks) {
    charactersSinceTag += chunk.length
    if (charactersSinceTag > readLimits.rowCharacters) {
      throw fail(`has more than ${formatCount(readLimits.rowCharacters)} characters without a tag`)
    }
    guard(() => parser.write(chunk))
    yield
  }
  if (!isCutAllowed()) guard(() => parser.close())
}
