ALTER TABLE "agreements" ALTER COLUMN "created_at" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "agreements" ALTER COLUMN "updated_at" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "assistance_programs" ALTER COLUMN "created_at" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "assistance_programs" ALTER COLUMN "updated_at" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "citations" ALTER COLUMN "created_at" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "citations" ALTER COLUMN "updated_at" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "cooperation_bases" ALTER COLUMN "created_at" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "cooperation_bases" ALTER COLUMN "updated_at" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "countries" ALTER COLUMN "created_at" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "countries" ALTER COLUMN "updated_at" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "figures" ALTER COLUMN "created_at" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "figures" ALTER COLUMN "updated_at" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "organizations" ALTER COLUMN "created_at" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "organizations" ALTER COLUMN "updated_at" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "projects" ALTER COLUMN "created_at" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "projects" ALTER COLUMN "updated_at" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "regions" ALTER COLUMN "created_at" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "regions" ALTER COLUMN "updated_at" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "revisions" ALTER COLUMN "time" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "sources" ALTER COLUMN "created_at" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "sources" ALTER COLUMN "updated_at" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "topics" ALTER COLUMN "created_at" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "topics" ALTER COLUMN "updated_at" SET DEFAULT change_time();--> statement-breakpoint
ALTER TABLE "agreement_documents" ADD COLUMN "row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL;--> statement-breakpoint
ALTER TABLE "agreement_relations" ADD COLUMN "row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL;--> statement-breakpoint
ALTER TABLE "agreement_terms" ADD COLUMN "row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL;--> statement-breakpoint
ALTER TABLE "agreements" ADD COLUMN "row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL;--> statement-breakpoint
ALTER TABLE "assistance_program_agreements" ADD COLUMN "row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL;--> statement-breakpoint
ALTER TABLE "assistance_programs" ADD COLUMN "row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL;--> statement-breakpoint
ALTER TABLE "citations" ADD COLUMN "row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL;--> statement-breakpoint
ALTER TABLE "cooperation_bases" ADD COLUMN "row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL;--> statement-breakpoint
ALTER TABLE "countries" ADD COLUMN "row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL;--> statement-breakpoint
ALTER TABLE "country_groups" ADD COLUMN "row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL;--> statement-breakpoint
ALTER TABLE "country_successors" ADD COLUMN "row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL;--> statement-breakpoint
ALTER TABLE "external_ids" ADD COLUMN "row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL;--> statement-breakpoint
ALTER TABLE "figures" ADD COLUMN "row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL;--> statement-breakpoint
ALTER TABLE "participation_actions" ADD COLUMN "row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL;--> statement-breakpoint
ALTER TABLE "participations" ADD COLUMN "row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL;--> statement-breakpoint
ALTER TABLE "project_agreements" ADD COLUMN "row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL;--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL;--> statement-breakpoint
ALTER TABLE "regions" ADD COLUMN "row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL;--> statement-breakpoint
ALTER TABLE "sources" ADD COLUMN "row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL;--> statement-breakpoint
ALTER TABLE "topic_links" ADD COLUMN "row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL;--> statement-breakpoint
ALTER TABLE "topics" ADD COLUMN "row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL;--> statement-breakpoint

COMMENT ON TABLE revisions IS 'unversioned: only added to, and a history itself';--> statement-breakpoint
COMMENT ON TABLE idempotent_requests IS 'unversioned: answers that are kept for a day';--> statement-breakpoint
COMMENT ON TABLE keys IS 'unversioned: no part of the registry';--> statement-breakpoint
COMMENT ON TABLE settings IS 'unversioned: no part of the registry';--> statement-breakpoint

-- Every change of a record raises its version, also one made in psql; its birthday stays.
CREATE OR REPLACE FUNCTION count_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := OLD.version + 1;
  NEW.created_at := OLD.created_at;
  NEW.updated_at := public.change_time(OLD.updated_at);
  RETURN NEW;
END
$$;
--> statement-breakpoint

-- A record that was removed and comes again under its key goes on counting, so that no version is ever two things, and
-- begins after its end.
CREATE OR REPLACE FUNCTION continue_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  own_key text;
  last_version integer;
  last_time timestamptz;
BEGIN
  IF TG_ARGV[0] = 'id' THEN own_key := NEW.id;
  ELSIF TG_ARGV[0] = 'code' THEN own_key := NEW.code;
  ELSE own_key := NEW.slug;
  END IF;
  SELECT version, "time" INTO last_version, last_time FROM public.revisions
  WHERE resource = replace(TG_TABLE_NAME, '_', '-') AND key = own_key ORDER BY version DESC LIMIT 1;
  IF last_version >= NEW.version THEN NEW.version := last_version + 1; END IF;
  IF last_time > NEW.row_start THEN
    NEW.row_start := public.change_time(last_time);
    NEW.updated_at := NEW.row_start;
  END IF;
  RETURN NEW;
END
$$;
