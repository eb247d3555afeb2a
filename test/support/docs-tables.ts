// Writes the tables and examples in docs/ that are generated from code. With --check, writes nothing, and fails if any
// is out of date.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { descriptions } from '../../src/features/imports/descriptions.ts'
import { stepsSchema } from '../../src/features/imports/mapping/value-schema.ts'
import { rowOptions } from '../../src/features/imports/reading/options.ts'
import { packageRoot } from '../../src/package-root.ts'
import { environment } from '../../src/server/config.ts'
import { generatorGroups } from '../clients/generators.ts'

/** The generated blocks: the page and the name of each, and the function that generates it. */
const blocks = [
  { page: 'docs/operating.md', block: 'config', generate: variableTable },
  { page: 'docs/mappings.md', block: 'rows', generate: () => propertyTable(rowOptions) },
  { page: 'docs/mappings.md', block: 'steps', generate: () => propertyTable(stepsSchema) },
  { page: 'docs/clients.md', block: 'generators', generate: generatorTable },
  ...[
    'typescript/openapi-fetch.ts',
    'typescript/hey-api.ts',
    'typescript/orval.ts',
    'python/scenario.py',
    'java/src/main/java/Scenario.java',
    'go/main.go',
    'go-ogen/main.go',
  ].map((file) => ({
    page: 'docs/clients.md',
    block: file,
    generate: () => readBeginning(`test/clients/${file}`, 'Read one agreement.'),
  })),
]

for (const { page, block, generate } of blocks) {
  const file = join(packageRoot, page)
  const written = readFileSync(file, 'utf8')
  const current = replaceBlock(page, written, block, generate())
  if (written === current) continue
  if (process.argv.includes('--check')) {
    console.error(`${page}: the block "${block}" is out of date; run npm run docs to update it`)
    process.exitCode = 1
  } else {
    writeFileSync(file, current)
  }
}

/** Makes a Markdown table of a schema's properties and their descriptions. */
function propertyTable({ shape }: z.ZodObject): string {
  const escapeCell = (text: string) => text.replaceAll('|', '&#124;').replaceAll('*', '&#42;')
  const rows = Object.entries(shape).map(([name, schema]) => [
    `\`${name}\``,
    // The type of `shape` also allows schemas of zod/mini, which this repository does not have.
    escapeCell(descriptions.get(schema as z.ZodType)?.description ?? ''),
  ])
  return table(['key', 'meaning'], rows)
}

function variableTable(): string {
  const rows = Object.entries(environment.shape).map(([name, schema]) => [
    `\`${name}\``,
    describeDefault(schema),
    schema.description ?? '',
  ])
  return table(['variable', 'default', 'meaning'], rows)
}

function generatorTable(): string {
  const rows = generatorGroups.flatMap(({ language, generators }) =>
    generators.map(({ name, checks, remark }) => [language, name, checks, remark]),
  )
  return table(['language', 'generator', 'compiles with', 'remarks'], rows)
}

/** Returns the lines of a program before the comment `end` as a code block. @throws if the program has no such comment. */
function readBeginning(file: string, end: string): string {
  const lines = readFileSync(join(packageRoot, file), 'utf8').split('\n')
  const length = lines.findIndex((line) => line.endsWith(` ${end}`))
  if (length === -1) throw new Error(`${file} has no comment "${end}"`)
  const code = lines.slice(0, length).join('\n').trimEnd()
  return `\n\`\`\`${file.split('.').at(-1)}\n${code}\n\`\`\`\n`
}

/** Makes a Markdown table whose columns are aligned in its source. */
function table(head: string[], rows: string[][]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (cells: string[], fill: string) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`
  return [
    line(head, ' '),
    line(
      head.map(() => ''),
      '-',
    ),
    ...rows.map((row) => line(row, ' ')),
  ].join('\n')
}

function describeDefault(schema: z.ZodType): string {
  return schema instanceof z.ZodDefault ? `\`${schema.def.defaultValue}\`` : ''
}

/** Replaces the text between `<!-- name:begin -->` and `<!-- name:end -->`. @throws if the page has no such block. */
function replaceBlock(page: string, text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`]
  const [before, rest] = text.split(begin)
  const [, after] = rest?.split(end) ?? []
  if (after === undefined) throw new Error(`${page} has no ${begin} … ${end}`)
  return `${before}${begin}\n${content}\n${end}${after}`
}
