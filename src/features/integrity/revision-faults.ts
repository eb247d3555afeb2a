import type pg from 'pg'
import type { RecordKey } from '../../model/keys.ts'
import { contentHash, milliseconds, revisionHash } from './hashes.ts'
import { readAll } from './read-all.ts'

/** A difference between the data that the service wrote and the data in the database. */
export interface IntegrityFault {
  /** What differs: a record with its version, or a seal. */
  subject: string
  /** What is wrong with the subject. */
  message: string
}

/** Returns the `subject` of a fault of one version of a record. */
export const describeVersion = ({ resource, key, version }: RecordKey & { version: number }): string =>
  `${resource}/${key} version ${version}`

interface Row extends RecordKey {
  version: number
  contentMatches: boolean
  linkMatches: boolean
  previousVersion: number | null
  redactedBy: number | null
}

/**
 * Finds revisions that do not match their hashes. A redacted revision must match the hash that its redaction stored. The
 * inner query reads each document once and returns only short columns; `offset 0` keeps PostgreSQL from sorting the
 * documents.
 */
const faultyRevisionsQuery = `
  select resource, key, version, content_matches as "contentMatches", hash = ${revisionHash} as "linkMatches",
    previous_version as "previousVersion", redacted_by as "redactedBy"
  from (
    select *, lag(hash) over chain as previous_hash, lag(version) over chain as previous_version
    from (
      select resource, key, version, operation, sequence, transaction, ${milliseconds} as milliseconds, redactions,
        redacted_by, content_hash, hash,
        coalesce(${contentHash} = case when redacted_by is null then content_hash else (
          select decode(redaction.redactions ->> revisions.version::text, 'hex') from revisions as redaction
          where redaction.resource = revisions.resource and redaction.key = revisions.key
            and redaction.version = revisions.redacted_by
        ) end, false) as content_matches
      from revisions offset 0
    ) revision window chain as (partition by resource, key order by version)
  ) link
  where not content_matches or hash <> ${revisionHash}
  order by resource, key, version`

function explainLink({ version, previousVersion }: Row): string {
  const previous = previousVersion ?? 0
  if (version === previous + 1) {
    const changed =
      'this version was inserted, or its number, operation, time, place in the feed, redactions or hashes were changed'
    return `the chain is broken: ${previous === 0 ? '' : `version ${previous} was changed, `}${changed}`
  }
  const missing =
    version === previous + 2 ? `version ${previous + 1}` : `a version from ${previous + 1} to ${version - 1}`
  return `the chain is broken: ${missing} is missing, or ${previous > 0 ? `version ${previous} or ` : ''}this version was changed`
}

const explainContent = ({ redactedBy }: Row): string =>
  redactedBy === null
    ? 'its content does not match its hash: document, actor, request id or reason was changed'
    : `its content differs from the content that the redaction in version ${redactedBy} stored`

/** Yields the faults of revisions: of the content of each, and of its link to the previous revision. */
export async function* findRevisionFaults(client: pg.ClientBase): AsyncGenerator<IntegrityFault> {
  for await (const row of readAll<Row>(client, 'faulty_revisions', faultyRevisionsQuery)) {
    if (!row.contentMatches) yield { subject: describeVersion(row), message: explainContent(row) }
    if (!row.linkMatches) yield { subject: describeVersion(row), message: explainLink(row) }
  }
}
