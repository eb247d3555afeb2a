import { formatCount } from '../../../format-count.ts'
import { Problem } from '../../../problems/problem.ts'
import { capitalize } from '../../../wording.ts'
import { type LocalFile, unreadableFile } from '../reading/file.ts'
import { readRows } from '../reading/index.ts'
import { withoutRowOptions } from '../reading/options.ts'
import type { Row } from '../types.ts'
import { isFileReference } from './codes.ts'
import { type Companion, CompanionRows, companionKey } from './companion-rows.ts'
import type { Mapping } from './schema.ts'

/** Limits of all that is read of a companion file, which is held in memory. */
const limits = { rows: 500_000, characters: 64 * 1024 * 1024 }

/** A companion file, and the key of the mapping that names it, for messages: `codesKey`, or `join.` and the name of the list. */
interface NamedFile extends Companion {
  namedIn: string
}

/** The key that names code lists. They have no options of `rows`. */
const codesKey = 'codes'

/** Returns the files that a mapping names: lists of codes, and joined files. A file that is read in several ways is repeated. */
export function companionFiles(mapping: Mapping): NamedFile[] {
  const joined = Object.entries(mapping.join ?? {}).map(([list, { file, rows = {} }]) => ({
    name: file,
    namedIn: `join.${list}`,
    rows,
  }))
  const lists = codeLists(mapping.records).map((name) => ({ name, namedIn: codesKey, rows: {} }))
  return [...new Map([...joined, ...lists].map((file) => [companionKey(file), file])).values()]
}

/**
 * Checks the names of the files that are given with the imported file. The mapping must name each of them, since other files are not
 * read. No two of them may have the same name.
 * @throws Problem `invalid-mapping`, with the names that the mapping expects.
 */
export function checkCompanionNames(mapping: Mapping, names: readonly string[]): void {
  const expected = [...new Set(companionFiles(mapping).map(({ name }) => name))]
  const refuse = (detail: string) => new Problem('invalid-mapping', detail)
  for (const [index, name] of names.entries()) {
    if (!expected.includes(name))
      throw refuse(
        `The mapping does not name the file ${name}. Only the rows of the first file are imported: import this file separately, or name it in join or codes. The mapping names ${expected.length > 0 ? expected.join(', ') : 'no further file'}.`,
      )
    if (names.indexOf(name) < index) throw refuse(`Two files have the name ${name}: send one of them.`)
  }
}

/** Finds the files that `codes` name, anywhere in a mapping. */
function codeLists(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, part]) => {
    if (name !== 'codes') return codeLists(part)
    if (typeof part === 'string') return [part]
    return typeof part === 'object' && part !== null && isFileReference(part) ? [part.list] : []
  })
}

/** The imported file, and how companion files are read. */
interface CompanionOptions {
  /** Counts as the companion file of its own name, unless another one was sent: a mapping may join the sheets of a workbook. */
  imported?: LocalFile | undefined
  /** Whether the imported file may be only the beginning of a file, as in a preview. */
  mayBeCut?: boolean
  signal?: AbortSignal | undefined
}

/**
 * Reads the companion files of a mapping that were sent. `createConverter` reports those that are missing.
 * @returns the rows of each file, by its key (`companionKey`).
 * @throws Problem when the mapping does not name a file, two files have the same name, or a file cannot be read or is too large.
 */
export async function readCompanions(
  mapping: Mapping,
  files: readonly LocalFile[],
  { imported, mayBeCut = false, signal }: CompanionOptions = {},
): Promise<ReadonlyMap<string, CompanionRows>> {
  checkCompanionNames(
    mapping,
    files.map(({ name }) => name),
  )
  const companions = new Map<string, CompanionRows>()
  const sizes = new Map<string, CompanionSize>()
  for (const companion of companionFiles(mapping)) {
    const file = [...files, imported].find((given) => given?.name === companion.name)
    if (!file) continue
    const size = sizes.get(file.name) ?? { rows: 0, characters: 0 }
    sizes.set(file.name, size)
    const options = { signal, mayBeCut: mayBeCut && file === imported }
    const rows = await readCompanion(file, companion, size, options).catch((error) => {
      throw nameFile(error, companion)
    })
    companions.set(companionKey(companion), rows)
  }
  return companions
}

/** Adds the name of a companion file to a problem with it, since readers would take it for a problem with the imported file. */
function nameFile(error: unknown, { name, namedIn }: NamedFile): unknown {
  if (!(error instanceof Problem) || error.type !== 'unreadable-file') return error
  const detail = namedIn === codesKey ? withoutRowOptions(error.message) : error.message
  return unreadableFile(`In the file ${name} (${namedIn}): ${detail}`, error)
}

/** What has been read of a companion file, to which each reading adds. */
interface CompanionSize {
  rows: number
  characters: number
}

/** @throws Problem when more has been read of a companion file than may be held in memory. */
function checkSize({ rows, characters }: CompanionSize): void {
  if (rows > limits.rows || characters > limits.characters) {
    throw unreadableFile(
      `The file is too large for one that a mapping names: at most ${formatCount(limits.rows)} rows and ${formatCount(limits.characters)} characters. Leave out the columns that the mapping does not name.`,
    )
  }
}

/**
 * Reads a companion file into memory.
 * @param size what earlier readings have read of the file.
 * @throws Problem when it cannot be read, or is too large.
 */
async function readCompanion(
  file: LocalFile,
  { rows: options }: Companion,
  size: CompanionSize,
  readOptions: { signal: AbortSignal | undefined; mayBeCut: boolean },
): Promise<CompanionRows> {
  const { fileInfo, batches } = await readRows(file, options, readOptions)
  const rows: Row[] = []
  for await (const batch of batches) {
    for (const row of batch) {
      const { values, fault, locator } = row
      if (fault) throw unreadableFile(`${capitalize(locator)}: ${fault.detail}`)
      rows.push(row)
      size.rows += 1
      size.characters += JSON.stringify(values).length
    }
    checkSize(size)
  }
  const { columns, dateSystem, encoding, format } = fileInfo
  size.characters += columns.join('').length
  checkSize(size)
  // Most XML files declare their encoding, so they get no note.
  const isKnown = options.encoding !== undefined || format === 'xml' || encoding?.startsWith('utf')
  return new CompanionRows(columns, rows, { dateSystem, guessedEncoding: isKnown ? undefined : encoding })
}
