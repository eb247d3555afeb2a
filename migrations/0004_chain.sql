-- Revisions are chained: each has a hash of its content and of the revision before it, so that a change past the service is
-- found. docs/integrity.md has the formula, and src/features/integrity/hashes.ts computes the same to verify it.
ALTER TABLE "revisions" DROP CONSTRAINT "revisions_operation_known";--> statement-breakpoint
ALTER TABLE "revisions" ADD CONSTRAINT "revisions_operation_known" CHECK ("revisions"."operation" in ('create', 'replace', 'patch', 'remove', 'restore', 'redact'));--> statement-breakpoint
ALTER TABLE "revisions" ADD COLUMN "salt" "bytea";--> statement-breakpoint
ALTER TABLE "revisions" ADD COLUMN "content_hash" "bytea";--> statement-breakpoint
ALTER TABLE "revisions" ADD COLUMN "hash" "bytea";--> statement-breakpoint
ALTER TABLE "revisions" ADD COLUMN "redacted_by" integer;--> statement-breakpoint
ALTER TABLE "revisions" ADD COLUMN "redactions" json;--> statement-breakpoint

-- 122 random bits, from a function that every server has built in.
CREATE FUNCTION revision_salt() RETURNS bytea LANGUAGE sql VOLATILE PARALLEL SAFE
RETURN uuid_send(gen_random_uuid());
--> statement-breakpoint

-- The hash of what a redaction may remove. JSON separates the texts in one way, whatever is in them.
CREATE FUNCTION revision_content_hash(salt bytea, document json, actor json, request_id text, reason text) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN sha256(salt || convert_to(json_build_array(document::text, actor::text, request_id, reason)::text, 'UTF8'));
--> statement-breakpoint

-- The hash of a revision: of the one before it (null for the first), and of what a redaction never changes. Its body is
-- text, because PostgreSQL 15.20 refuses to add a column with a default to a table whose columns are in a parsed body.
CREATE FUNCTION revision_hash(revision revisions, previous bytea) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
SELECT sha256(convert_to(json_build_array(
  encode(previous, 'hex'), (revision).sequence, (revision).transaction, (revision).resource, (revision).key,
  (revision).version, (revision).operation, (extract(epoch FROM (revision)."time") * 1000)::bigint,
  (revision).redactions, encode((revision).content_hash, 'hex')
)::text, 'UTF8'))
$$;
--> statement-breakpoint

-- A revision follows the last one of its record, in the chain and in the feed. A transaction that began to write before
-- another and changes a record after it would break their order: it fails and must begin again.
CREATE FUNCTION chain_revision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last_transaction bigint;
  last_hash bytea;
BEGIN
  IF NEW.version > 1 THEN
    SELECT transaction, hash INTO last_transaction, last_hash FROM public.revisions
    WHERE resource = NEW.resource AND key = NEW.key ORDER BY version DESC LIMIT 1;
    IF last_transaction > NEW.transaction THEN
      RAISE EXCEPTION '% % was changed by a later transaction', NEW.resource, NEW.key USING ERRCODE = 'serialization_failure';
    END IF;
  END IF;
  NEW.salt := public.revision_salt();
  NEW.content_hash := public.revision_content_hash(NEW.salt, NEW.document, NEW.actor, NEW.request_id, NEW.reason);
  NEW.hash := public.revision_hash(NEW, last_hash);
  RETURN NEW;
END
$$;
--> statement-breakpoint
DROP TRIGGER keep_order ON revisions;
--> statement-breakpoint
DROP FUNCTION keep_order();
--> statement-breakpoint
CREATE TRIGGER chain_revision BEFORE INSERT ON revisions FOR EACH ROW EXECUTE FUNCTION chain_revision();
--> statement-breakpoint

-- Revisions that were there before are chained as they are now.
ALTER TABLE revisions DISABLE TRIGGER refuse_rewriting;
--> statement-breakpoint
GRANT UPDATE ON revisions TO CURRENT_USER;
--> statement-breakpoint
DO $do$
DECLARE
  revision revisions;
  previous revisions;
BEGIN
  FOR revision IN SELECT * FROM revisions ORDER BY resource, key, version LOOP
    revision.salt := revision_salt();
    revision.content_hash := revision_content_hash(
      revision.salt, revision.document, revision.actor, revision.request_id, revision.reason);
    revision.hash := revision_hash(revision,
      CASE WHEN (previous.resource, previous.key) = (revision.resource, revision.key) THEN previous.hash END);
    UPDATE revisions SET salt = revision.salt, content_hash = revision.content_hash, hash = revision.hash
    WHERE sequence = revision.sequence;
    previous := revision;
  END LOOP;
END
$do$;
--> statement-breakpoint
ALTER TABLE "revisions" ALTER COLUMN "salt" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "revisions" ALTER COLUMN "content_hash" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "revisions" ALTER COLUMN "hash" SET NOT NULL;--> statement-breakpoint

-- A redaction says by a setting of its transaction that it changes revisions. It may change their content alone.
CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND coalesce(current_setting('entente.redaction', true), '') = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'revisions are only added to: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
--> statement-breakpoint
ALTER TABLE revisions ENABLE ALWAYS TRIGGER refuse_rewriting;
--> statement-breakpoint
REVOKE UPDATE ON revisions FROM CURRENT_USER;
--> statement-breakpoint
GRANT UPDATE (document, actor, reason, salt, redacted_by) ON revisions TO CURRENT_USER;
