import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { z } from 'zod'

/** Compares OpenAPI documents with oasdiff, a program in Go, which `go run` downloads and builds. */

const oasdiff = 'github.com/oasdiff/oasdiff@v1.37.0'

/** A first build takes minutes on a slow machine. */
const timeoutMs = 600_000

const reportedChanges = z.array(
  z.looseObject({
    id: z.string(),
    text: z.string(),
    operation: z.string().default(''),
    path: z.string().default(''),
  }),
)

/**
 * Returns the changes between two documents that break clients of the first, one line each.
 * @param released path of the document that clients have.
 * @param current path of the document to check.
 * @throws when Go is missing, oasdiff cannot be built or takes longer than ten minutes, or a document cannot be read.
 */
export async function breakingChanges(released: string, current: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    'go',
    ['run', oasdiff, 'breaking', released, current, '--format', 'json'],
    { maxBuffer: 64 * 1024 * 1024, timeout: timeoutMs },
  )
  return reportedChanges
    .parse(JSON.parse(stdout.trim() || '[]'))
    .map(({ operation, path, text, id }) => `${operation} ${path}: ${text} (${id})`)
}
