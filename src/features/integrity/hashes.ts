/**
 * The hashes of revisions, as SQL over the columns of `revisions`. The trigger `chain_revision` computes them when a
 * revision is written. This file repeats the expressions of the trigger with built-in functions only: an attacker who can
 * change revisions in the database can also change its functions.
 */

/** The hash of the content that a revision has now, after any redactions: document, actor, request id and reason. */
export const contentHash = `sha256(salt || convert_to(
  json_build_array(document::text, actor::text, request_id, reason)::text, 'UTF8'))`

/**
 * The hash of a revision. In addition to the columns of `revisions`, it reads two that the query must provide: `previous_hash`,
 * the hash of the previous revision of the record (null for the first), and `milliseconds` (see below).
 */
export const revisionHash = `sha256(convert_to(json_build_array(
  encode(previous_hash, 'hex'), sequence, transaction, resource, key, version, operation, milliseconds,
  redactions, encode(content_hash, 'hex'))::text, 'UTF8'))`

/** The time of a revision in milliseconds since 1970, which is the same in every time zone. Queries name it `milliseconds`. */
export const milliseconds = `(extract(epoch from "time") * 1000)::bigint`
