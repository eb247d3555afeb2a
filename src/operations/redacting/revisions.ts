import { sql } from 'drizzle-orm'
import type { Transaction } from '../../database/database.ts'
import { revisions } from '../../database/tables/index.ts'
import type { Author } from '../../database/tables/revisions.ts'
import type { Resource } from '../../model/resource.ts'
import { formatPointer } from '../../problems/faults.ts'
import { historyStatement } from '../../query/revisions.ts'
import { placeholder, statement } from '../../query/statement.ts'
import { startSlices } from '../../time-slice.ts'
import { type Document, documentOf } from '../writing/documents.ts'
import { invalidBody } from '../writing/validation.ts'
import type { Redaction } from './redaction.ts'

/** Number of versions that are read at a time. */
const pageSize = 100

interface StoredRevision {
  entry: { version: number; actor: Author; reason: string | null }
  document: string
}

/** A revision after the redaction. */
interface RedactedRevision {
  version: number
  document: string
  actor: Author
  reason: string | null
}

/**
 * Checks that the redaction does not make a valid document invalid.
 * @throws Problem `invalid-body` that names the properties that would become invalid.
 */
function requireValid(
  resource: Resource,
  version: number,
  before: Document,
  after: Document,
  pointer: string,
) {
  const { error } = resource.document.safeParse(documentOf(resource, after))
  if (!error || !resource.document.safeParse(documentOf(resource, before)).success) return
  const pointers = [...new Set(error.issues.map(({ path }) => formatPointer(path)))]
  const remedy =
    pointer === '/text'
      ? 'choose another replacement, or redact `properties`'
      : 'choose other properties or another replacement, or redact `text`'
  const message = `would leave an invalid value at ${pointers.join(', ')} of version ${version}: ${remedy}`
  throw invalidBody('request', [{ pointer, code: 'not_redactable', message }])
}

/** Returns the redacted revision; undefined if the redaction does not change it. */
function redactRevision(
  resource: Resource,
  { entry, document }: StoredRevision,
  redaction: Redaction,
  pointer: string,
): RedactedRevision | undefined {
  const before: Document = JSON.parse(document)
  const after = redaction.redactRecord(before)
  const redacted: RedactedRevision = {
    version: entry.version,
    document: JSON.stringify(after),
    actor: {
      kind: entry.actor.kind,
      id: entry.actor.id && redaction.redactText(entry.actor.id),
      name: entry.actor.name && redaction.redactText(entry.actor.name),
    },
    reason: entry.reason && redaction.redactText(entry.reason),
  }
  const isSame =
    redacted.document === JSON.stringify(before) &&
    redacted.reason === entry.reason &&
    redacted.actor.id === entry.actor.id &&
    redacted.actor.name === entry.actor.name
  if (isSame) return undefined
  requireValid(resource, entry.version, before, after, pointer)
  return redacted
}

/** Stores redacted revisions, each with a new salt. @returns their content hashes, in hexadecimal, by version. */
async function rewriteRevisions(
  tx: Transaction,
  resource: Resource,
  key: string,
  redactedBy: number,
  redacted: RedactedRevision[],
): Promise<[string, string][]> {
  const build = () => sql`update ${revisions} as revision
    set document = given.document, actor = given.actor, reason = given.reason, salt = revision_salt(),
      redacted_by = ${placeholder('redactedBy')}::int
    from json_to_recordset(${placeholder('given')}::json) as given(version int, document json, actor json, reason text)
    where resource = ${placeholder('resource')} and key = ${placeholder('key')} and revision.version = given.version
    returning revision.version::text as version, encode(revision_content_hash(
      revision.salt, revision.document, revision.actor, revision.request_id, revision.reason), 'hex') as hash`
  const given = redacted.map(
    ({ document, ...rest }) => `${JSON.stringify(rest).slice(0, -1)},"document":${document}}`,
  )
  const values = { redactedBy, given: `[${given.join()}]`, resource: resource.name, key }
  const rows = await tx.query<{ version: string; hash: string }>(statement('redact revisions', build, values))
  return rows.map(({ version, hash }) => [version, hash])
}

/**
 * Redacts all revisions of a record, which must be locked or removed.
 * @param redactedBy the version that the redaction itself writes.
 * @param pointer JSON pointer into the request, for faults.
 * @returns the new content hash of each changed version, by version.
 * @throws Problem `invalid-body` if a version would become invalid.
 */
export async function redactRevisions(
  tx: Transaction,
  resource: Resource,
  key: string,
  redactedBy: number,
  redaction: Redaction,
  pointer: string,
): Promise<Record<string, string>> {
  // While this setting is on, the trigger `refuse_rewriting` allows updates of revisions.
  await tx.query({ text: "select set_config('entente.redaction', 'on', true)" })
  const pause = startSlices()
  const hashes: [string, string][] = []
  for (let before: number | undefined; ; ) {
    const rows = await tx.query<StoredRevision>(historyStatement(resource, key, before, pageSize))
    const redacted: RedactedRevision[] = []
    for (const row of rows) {
      const revision = redactRevision(resource, row, redaction, pointer)
      if (revision) redacted.push(revision)
      await pause()
    }
    if (redacted.length > 0) hashes.push(...(await rewriteRevisions(tx, resource, key, redactedBy, redacted)))
    // Large documents make a page short, so only an empty page is beyond the last one.
    if (rows.length === 0) break
    before = rows.at(-1)?.entry.version
  }
  await tx.query({ text: "select set_config('entente.redaction', '', true)" })
  return Object.fromEntries(hashes)
}
