// Checks that no test title has more than 90 characters, and no test file more than 400 lines. Run by `npm run check`.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

const maxTitleLength = 90
const maxLines = 400
const testFunctions = ['describe', 'describeInBrowser', 'it', 'test']

/** Returns the name that a call chain starts with, such as `it` for `it.each(…)('…')`; an empty text if there is none. */
function rootName(expression: ts.Expression): string {
  if (ts.isIdentifier(expression)) return expression.text
  if (ts.isCallExpression(expression) || ts.isPropertyAccessExpression(expression))
    return rootName(expression.expression)
  return ts.isTaggedTemplateExpression(expression) ? rootName(expression.tag) : ''
}

/** Returns the title if a node declares a test or a group of tests. */
function findTitle(node: ts.Node): string | undefined {
  if (!ts.isCallExpression(node) || !testFunctions.includes(rootName(node.expression))) return undefined
  const [title] = node.arguments
  if (title && ts.isStringLiteralLike(title)) return title.text
  return title && ts.isTemplateExpression(title) ? title.getText().slice(1, -1) : undefined
}

function findFaults(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  const lines = source.getLineStarts().length - 1
  const faults = lines > maxLines ? [`${file}: ${lines} lines; at most ${maxLines} are allowed`] : []
  const visit = (node: ts.Node) => {
    const title = findTitle(node)
    if (title !== undefined && title.length > maxTitleLength) {
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1
      faults.push(
        `${file}:${line}: the title has ${title.length} characters; at most ${maxTitleLength} are allowed`,
      )
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return faults
}

const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
const faults = files
  .filter((name) => name.endsWith('.test.ts'))
  .flatMap((name) => findFaults(join('test', name)))
for (const fault of faults) console.error(fault)
process.exitCode = faults.length > 0 ? 1 : 0
