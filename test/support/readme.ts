// Writes README's table of environment variables from their one description, or with --check says whether it is current.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { packageRoot } from '../../src/package-root.ts'
import { environment } from '../../src/server/config.ts'

const file = join(packageRoot, 'README.md')
const written = readFileSync(file, 'utf8')
const current = replaceBlock(written, 'config', variableTable())

if (process.argv.includes('--check')) {
  if (written !== current) {
    console.error('README.md: the table of environment variables is not current; npm run docs writes it anew')
    process.exitCode = 1
  }
} else {
  writeFileSync(file, current)
}

function variableTable(): string {
  const rows = Object.entries(environment.shape).map(([name, schema]) => [
    `\`${name}\``,
    defaultOf(schema),
    schema.description ?? '',
  ])
  return table(['variable', 'default', 'what it sets'], rows)
}

/** A table whose columns stand one below the other, as the formatter wants it. */
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

function defaultOf(schema: z.ZodType): string {
  return schema instanceof z.ZodDefault ? `\`${schema.def.defaultValue}\`` : ''
}

/** Replaces what stands between `<!-- name:begin -->` and `<!-- name:end -->`. */
function replaceBlock(text: string, name: string, block: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`]
  const [before, rest] = text.split(begin)
  const [, after] = rest?.split(end) ?? []
  if (after === undefined) throw new Error(`README.md has no ${begin} … ${end}`)
  return `${before}${begin}\n${block}\n${end}${after}`
}
