import { existsSync } from 'node:fs'
import { breakingChanges } from './breaking-changes.ts'

/**
 * Compares the OpenAPI document with the document of the last release, and fails if a change breaks clients of that release:
 *
 *     node --import tsx test/support/check-released.ts CURRENT.json
 *
 * `npm run release:document` makes the current document the released one.
 */

const released = 'released/openapi.json'
const [current = ''] = process.argv.slice(2)
if (existsSync(released)) {
  const changes = await breakingChanges(released, current)
  for (const change of changes) console.error(`breaks clients of the last release: ${change}`)
  if (changes.length > 0) process.exitCode = 1
} else {
  console.log('Nothing has been released, so no change breaks a client.')
}
