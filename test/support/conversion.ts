import { CompanionRows, createConverter, parseMapping } from '../../src/features/imports/mapping/index.ts'
import type { ConvertedRow, Draft, JsonObject } from '../../src/features/imports/types.ts'
import { Problem } from '../../src/problems/problem.ts'
import { registry } from '../../src/resources/registry.ts'
import { readContent } from './import-files.ts'

/** Makes the rows of a companion file, in memory. */
export const makeCompanion = (columns: readonly string[], rows: readonly JsonObject[]): CompanionRows =>
  new CompanionRows(
    columns,
    rows.map((values, index) => ({ locator: `row ${index + 2}`, values })),
  )

/**
 * Converts a row with a mapping in YAML.
 * @param companions the rows of the mapping's companion files, by name.
 * @throws Problem `invalid-mapping` if the mapping is invalid, or does not match the companion files.
 */
export const convertRow = (
  mapping: string,
  values: JsonObject,
  companions: ReadonlyMap<string, CompanionRows> = new Map(),
): ConvertedRow =>
  createConverter(parseMapping(mapping, registry), registry, { columns: [], notes: [] }, companions).convert({
    number: 2,
    locator: 'row 2',
    values,
  })

/**
 * Converts the rows of a file with a mapping in YAML. `companions` and the errors are those of `convertRow`.
 * @throws Problem `invalid-mapping` also if the mapping names a column that the file lacks.
 */
export async function convertContent(
  mapping: string,
  name: string,
  content: string | Uint8Array,
  companions: ReadonlyMap<string, CompanionRows> = new Map(),
): Promise<ConvertedRow[]> {
  const parsed = parseMapping(mapping, registry)
  const { fileInfo, rows } = await readContent(name, content, parsed.rows)
  return rows.map(createConverter(parsed, registry, fileInfo, companions).convert)
}

/** Returns the drafts of a row. @throws when the row is refused or skipped. */
export function draftsOf(row: ConvertedRow): readonly Draft[] {
  if (row.kind === 'drafts') return row.drafts
  throw new Error(`the row must have drafts, but is ${row.kind}: ${JSON.stringify(row)}`)
}

/**
 * Returns the document of a draft. In place of each mention it has the mention's name, code or id in the register, without the
 * scheme of this id.
 */
export function documentWithNames({ document, mentions }: Draft): unknown {
  return JSON.parse(JSON.stringify(document), (_, value) => {
    if (typeof value?.$mention !== 'number') return value
    const { name, code, externalId } = mentions[value.$mention] ?? {}
    return name ?? code ?? externalId?.id
  })
}

/**
 * Runs `work` and returns the faults of the problem that it throws, as `pointer: message`; none if it succeeds.
 * @throws any other error of `work`.
 */
export function collectFaults(work: () => unknown): string[] {
  try {
    work()
  } catch (error) {
    if (error instanceof Problem) return error.errors.map(({ pointer, message }) => `${pointer}: ${message}`)
    throw error
  }
  return []
}
