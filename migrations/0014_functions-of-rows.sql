-- Databases that were made before have this function with a parsed body, because of which PostgreSQL 15.20 refuses to add
-- columns with defaults to `revisions`.
CREATE OR REPLACE FUNCTION revision_hash(revision revisions, previous bytea) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
SELECT sha256(convert_to(json_build_array(
  encode(previous, 'hex'), (revision).sequence, (revision).transaction, (revision).resource, (revision).key,
  (revision).version, (revision).operation, (extract(epoch FROM (revision)."time") * 1000)::bigint,
  (revision).redactions, encode((revision).content_hash, 'hex')
)::text, 'UTF8'))
$$;
