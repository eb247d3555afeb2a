-- The schema of commit c79015c (see `server.ts`), from its migrations in their order, without tables and functions that no
-- statement here uses. Tables that stay empty have only the key to which others refer. Only the values that its checks allow are
-- kept up to date.

-- Functions for defaults, generated columns and checks of the tables.
-- Bodies name the schema of what they call, since pg_restore runs them with an empty search_path.

CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA public;


-- UUIDv7 (RFC 9562, 5.7): the built-in function where the server has it, otherwise milliseconds and random bits.
DO $do$
BEGIN
  IF to_regprocedure('pg_catalog.uuidv7()') IS NOT NULL THEN
    CREATE FUNCTION uuid_v7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS 'SELECT uuidv7()';
  ELSE
    CREATE FUNCTION uuid_v7() RETURNS uuid LANGUAGE plpgsql VOLATILE PARALLEL SAFE AS $body$
    DECLARE
      millis bigint := floor(extract(epoch FROM clock_timestamp()) * 1000);
      random text := replace(gen_random_uuid()::text, '-', '');
    BEGIN
      -- gen_random_uuid() is version 4: digit 13 is its version, digit 17 its variant, which version 7 shares.
      RETURN (lpad(to_hex(millis), 12, '0') || '7' || substr(random, 14))::uuid;
    END
    $body$;
  END IF;
END
$do$;


-- Text for the full-text index: without accents, and never null, so that a concatenation with it is not null.
CREATE FUNCTION plain_text(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
  $$ SELECT coalesce(public.unaccent('public.unaccent'::regdictionary, value), '') $$;


-- An array of {"name": text, "language": text or null} and nothing else.
CREATE FUNCTION is_alias_list(value jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT jsonb_typeof(value) = 'array' AND NOT EXISTS (
    SELECT FROM jsonb_array_elements(CASE jsonb_typeof(value) WHEN 'array' THEN value ELSE '[]' END) AS alias
    WHERE jsonb_typeof(alias) <> 'object'
      OR jsonb_typeof(alias -> 'name') IS DISTINCT FROM 'string'
      OR alias ->> 'name' = ''
      OR alias -> 'language' IS NULL
      OR jsonb_typeof(alias -> 'language') NOT IN ('string', 'null')
      OR alias - 'name' - 'language' <> '{}'
  )
$$;


-- The names in a list of aliases, for the full-text index.
CREATE FUNCTION alias_names(aliases jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT string_agg(alias ->> 'name', ' ') FROM jsonb_array_elements(aliases) AS alias
$$;


-- EDTF dates (ISO 8601-2 / Library of Congress, levels 0 and 1) as the days they can mean.
--
-- One function does all the parsing and calls built-in functions only; the two others are bound to it when they
-- are created. So pg_restore can compute generated columns with its empty search_path. Faults are tested for and
-- never caught, since a parallel worker cannot open the subtransaction that catching needs.
CREATE FUNCTION edtf_bounds(value text, OUT earliest date, OUT latest date)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  -- Matching costs more with a longer pattern. Nearly all dates match the short one, so there are two.
  common CONSTANT text := '^-?[0-9]{4}(-(0[1-9]|1[0-2])(-[0-9]{2})?)?[?~%]?$';
  special CONSTANT text := '(?x)^(
      Y[1-9][0-9]{4,6}                        # Y12345; with more digits or a minus, beyond type date
    | -?[0-9]{2}[0-9X]X                       # 201X, 20XX
    | -?[0-9]{4}-(2[1-4] | XX | XX-XX)        # 2011-21, 2011-XX, 2011-XX-XX
    | -?[0-9]{4}-(0[1-9] | 1[0-2])-XX         # 2011-04-XX
    | -?[0-9]{4}-(0[1-9] | 1[0-2])-[0-9]{2}   # 2011-04-05T10:00:00+08:00
      T(([01][0-9] | 2[0-3]):[0-5][0-9]:[0-5][0-9] | 24:00:00)
      ( Z
      | (?!-00(:00)?$)[+-](0[0-9] | 1[01])(:[0-5][0-9])?
      | [+]1[23](:[0-5][0-9])?
      | (-12 | [+]14)(:00)?                   # the last time zone on either side
      )?
    )$';
  parts text[] := string_to_array(value, '/');
  part text;
  field text[];
  year_from int;
  year_to int;
  month int;
  month_from int;
  month_to int;
  month_length int;
  day int;
BEGIN
  -- The first part decides the earliest day, the last part (the same one, outside an interval) the latest.
  FOREACH part IN ARRAY parts LOOP
    IF cardinality(parts) = 2 AND part IN ('', '..') THEN
      earliest := coalesce(earliest, '-infinity');
      latest := 'infinity';
      CONTINUE;
    END IF;

    IF cardinality(parts) > 2
      OR part LIKE '-0000%'
      OR part !~ common AND (cardinality(parts) = 2 OR part !~ special)
    THEN
      RAISE EXCEPTION 'not an EDTF date of level 0 or 1: "%"', value USING ERRCODE = 'invalid_datetime_format';
    END IF;

    field := string_to_array(rtrim(ltrim(part, 'Y-'), '?~%'), '-');

    year_from := replace(field[1], 'X', '0')::int;
    year_to := replace(field[1], 'X', '9')::int;
    IF part LIKE '-%' THEN
      -- A negative year with a higher number is earlier, and -000X does not include the year 0.
      SELECT -year_to, least(-year_from, -1) INTO year_from, year_to;
    END IF;

    month := nullif(field[2], 'XX')::int;
    month_from := CASE WHEN month > 12 THEN 3 * (month - 20) ELSE coalesce(month, 1) END;
    month_to := CASE WHEN month > 12 THEN month_from + 2 ELSE coalesce(month, 12) END;
    IF month_to > 12 THEN -- winter
      year_to := year_to + 1;
      month_to := month_to - 12;
    END IF;

    month_length := CASE
      WHEN month_to IN (4, 6, 9, 11) THEN 30
      WHEN month_to <> 2 THEN 31
      WHEN year_to % 4 = 0 AND (year_to % 100 <> 0 OR year_to % 400 = 0) THEN 29
      ELSE 28
    END;
    day := nullif(left(field[3], 2), 'XX')::int; -- without the time of day, which changes nothing
    IF day NOT BETWEEN 1 AND month_length THEN
      RAISE EXCEPTION 'no such day: "%"', value USING ERRCODE = 'invalid_datetime_format';
    END IF;
    IF (year_from, month_from, coalesce(day, 1)) < (-4713, 11, 24) OR year_to > 5874897 THEN
      RAISE EXCEPTION 'beyond the days from -4713-11-24 to the end of Y5874897: "%"', value
        USING ERRCODE = 'invalid_datetime_format';
    END IF;

    -- EDTF counts 1 BC as 0, make_date as -1.
    earliest := coalesce(
      earliest,
      make_date(year_from - (year_from < 1)::int, month_from, coalesce(day, 1))
    );
    latest := make_date(year_to - (year_to < 1)::int, month_to, coalesce(day, month_length));
  END LOOP;

  IF earliest IS NULL OR earliest = '-infinity' AND latest = 'infinity' THEN
    RAISE EXCEPTION 'names no date: "%"', value USING ERRCODE = 'invalid_datetime_format';
  END IF;
  IF latest < earliest THEN
    RAISE EXCEPTION 'ends before it starts: "%"', value USING ERRCODE = 'invalid_datetime_format';
  END IF;
END
$$;


CREATE FUNCTION edtf_earliest(value text) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (edtf_bounds(value)).earliest;


CREATE FUNCTION edtf_latest(value text) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (edtf_bounds(value)).latest;


CREATE TABLE "agreement_documents" (
	"agreement_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"title" text NOT NULL,
	"url" text,
	"language" text,
	CONSTRAINT "agreement_documents_agreement_id_position_pk" PRIMARY KEY("agreement_id","position"),
	CONSTRAINT "agreement_documents_title_filled" CHECK ("agreement_documents"."title" <> '' and "agreement_documents"."title" = btrim("agreement_documents"."title"))
);

CREATE TABLE "agreement_relations" (
	"agreement_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"kind" text NOT NULL,
	"related_id" uuid NOT NULL,
	CONSTRAINT "agreement_relations_agreement_id_position_pk" PRIMARY KEY("agreement_id","position"),
	CONSTRAINT "agreement_relations_unique" UNIQUE("agreement_id","kind","related_id"),
	CONSTRAINT "agreement_relations_kind_known" CHECK ("agreement_relations"."kind" in ('amends', 'supersedes', 'implements', 'renews')),
	CONSTRAINT "agreement_relations_other" CHECK ("agreement_relations"."related_id" <> "agreement_relations"."agreement_id")
);

CREATE TABLE "agreement_terms" (
	"agreement_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"starts_on" text,
	"starts_on_earliest" date GENERATED ALWAYS AS (edtf_earliest(starts_on)) STORED,
	"starts_on_latest" date GENERATED ALWAYS AS (edtf_latest(starts_on)) STORED,
	"ends_on" text,
	"ends_on_earliest" date GENERATED ALWAYS AS (edtf_earliest(ends_on)) STORED,
	"ends_on_latest" date GENERATED ALWAYS AS (edtf_latest(ends_on)) STORED,
	"note" text,
	CONSTRAINT "agreement_terms_agreement_id_position_pk" PRIMARY KEY("agreement_id","position")
);

CREATE TABLE "agreements" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
	"title" text NOT NULL,
	"kind" text NOT NULL,
	"level" text,
	"status" text,
	"signed_on" text,
	"signed_on_earliest" date GENERATED ALWAYS AS (edtf_earliest(signed_on)) STORED,
	"signed_on_latest" date GENERATED ALWAYS AS (edtf_latest(signed_on)) STORED,
	"provisional_from" text,
	"provisional_from_earliest" date GENERATED ALWAYS AS (edtf_earliest(provisional_from)) STORED,
	"provisional_from_latest" date GENERATED ALWAYS AS (edtf_latest(provisional_from)) STORED,
	"in_force_from" text,
	"in_force_from_earliest" date GENERATED ALWAYS AS (edtf_earliest(in_force_from)) STORED,
	"in_force_from_latest" date GENERATED ALWAYS AS (edtf_latest(in_force_from)) STORED,
	"expires_on" text,
	"expires_on_earliest" date GENERATED ALWAYS AS (edtf_earliest(expires_on)) STORED,
	"expires_on_latest" date GENERATED ALWAYS AS (edtf_latest(expires_on)) STORED,
	"terminated_on" text,
	"terminated_on_earliest" date GENERATED ALWAYS AS (edtf_earliest(terminated_on)) STORED,
	"terminated_on_latest" date GENERATED ALWAYS AS (edtf_latest(terminated_on)) STORED,
	"renewal" text,
	"place" text,
	"occasion" text,
	"summary" text,
	"languages" text[] DEFAULT '{}' NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(title)), 'A') || setweight(to_tsvector('english', plain_text(summary)), 'B') || setweight(to_tsvector('english', plain_text(occasion)), 'B') || setweight(to_tsvector('english', plain_text(place)), 'B')) STORED,
	CONSTRAINT "agreements_title_filled" CHECK ("agreements"."title" <> '' and "agreements"."title" = btrim("agreements"."title")),
	CONSTRAINT "agreements_kind_known" CHECK ("agreements"."kind" in ('treaty', 'agreement', 'protocol', 'memorandum_of_understanding', 'joint_statement', 'strategic_partnership', 'cooperation_documents', 'dialogue_outcome', 'exchange_of_notes', 'convention', 'declaration', 'amendment', 'resolution', 'other')),
	CONSTRAINT "agreements_level_known" CHECK ("agreements"."level" in ('intergovernmental', 'interagency', 'institutional')),
	CONSTRAINT "agreements_status_known" CHECK ("agreements"."status" in ('negotiating', 'signed', 'in_force', 'suspended', 'expired', 'terminated', 'superseded')),
	CONSTRAINT "agreements_renewal_known" CHECK ("agreements"."renewal" in ('none', 'automatic', 'by_consent'))
);

CREATE TABLE "assistance_programs" ("id" uuid PRIMARY KEY);

CREATE TABLE "citations" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
	"source_id" uuid NOT NULL,
	"region_code" text,
	"country_code" text,
	"topic_slug" text,
	"organization_id" uuid,
	"cited_source_id" uuid,
	"agreement_id" uuid,
	"project_id" uuid,
	"cooperation_base_id" uuid,
	"assistance_program_id" uuid,
	"figure_id" uuid,
	"property" text,
	"paragraph" text,
	"page" text,
	"excerpt" text,
	"note" text,
	"rank" text DEFAULT 'normal' NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(excerpt)), 'A') || setweight(to_tsvector('english', plain_text(note)), 'B')) STORED,
	CONSTRAINT "citations_record" CHECK (num_nonnulls("citations"."region_code", "citations"."country_code", "citations"."topic_slug", "citations"."organization_id", "citations"."cited_source_id", "citations"."agreement_id", "citations"."project_id", "citations"."cooperation_base_id", "citations"."assistance_program_id", "citations"."figure_id") = 1),
	CONSTRAINT "citations_property_form" CHECK ("citations"."property" ~ '^(/([^/~]|~[01])*)+$'),
	CONSTRAINT "citations_rank_known" CHECK ("citations"."rank" in ('preferred', 'normal', 'deprecated'))
);

CREATE TABLE "cooperation_bases" ("id" uuid PRIMARY KEY);

CREATE TABLE "countries" (
	"code" text PRIMARY KEY NOT NULL,
	"alpha2" text,
	"numeric" text,
	"name" text NOT NULL,
	"official_name" text,
	"region" text,
	"aliases" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"valid_from" text,
	"valid_from_earliest" date GENERATED ALWAYS AS (edtf_earliest(valid_from)) STORED,
	"valid_from_latest" date GENERATED ALWAYS AS (edtf_latest(valid_from)) STORED,
	"valid_to" text,
	"valid_to_earliest" date GENERATED ALWAYS AS (edtf_earliest(valid_to)) STORED,
	"valid_to_latest" date GENERATED ALWAYS AS (edtf_latest(valid_to)) STORED,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(name)), 'A') || setweight(to_tsvector('english', plain_text(official_name)), 'A') || setweight(to_tsvector('english', plain_text(alias_names(aliases))), 'A')) STORED,
	CONSTRAINT "countries_code_form" CHECK ("countries"."code" ~ '^[A-Z]{3}$'),
	CONSTRAINT "countries_alpha2_form" CHECK ("countries"."alpha2" ~ '^[A-Z]{2}$'),
	CONSTRAINT "countries_numeric_form" CHECK ("countries"."numeric" ~ '^[0-9]{3}$'),
	CONSTRAINT "countries_name_filled" CHECK ("countries"."name" <> '' and "countries"."name" = btrim("countries"."name")),
	CONSTRAINT "countries_aliases_form" CHECK (is_alias_list("countries"."aliases"))
);

CREATE TABLE "external_ids" (
	"scheme" text NOT NULL,
	"id" text NOT NULL,
	"agreement_id" uuid,
	"project_id" uuid,
	"cooperation_base_id" uuid,
	"assistance_program_id" uuid,
	"organization_id" uuid,
	"source_id" uuid,
	"citation_id" uuid,
	"figure_id" uuid,
	"position" integer NOT NULL,
	CONSTRAINT "external_ids_subject" CHECK (num_nonnulls("external_ids"."agreement_id", "external_ids"."project_id", "external_ids"."cooperation_base_id", "external_ids"."assistance_program_id", "external_ids"."organization_id", "external_ids"."source_id", "external_ids"."citation_id", "external_ids"."figure_id") = 1),
	CONSTRAINT "external_ids_scheme_form" CHECK ("external_ids"."scheme" ~ '^[a-z0-9][a-z0-9._-]*$'),
	CONSTRAINT "external_ids_id_filled" CHECK ("external_ids"."id" <> '' and "external_ids"."id" = btrim("external_ids"."id"))
);

CREATE TABLE "figures" ("id" uuid PRIMARY KEY);

CREATE TABLE "organizations" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
	"name" text NOT NULL,
	"acronym" text,
	"type" text NOT NULL,
	"country" text,
	"parent" uuid,
	"website" text,
	"ror" text,
	"aliases" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(name)), 'A') || setweight(to_tsvector('english', plain_text(acronym)), 'A') || setweight(to_tsvector('english', plain_text(alias_names(aliases))), 'A')) STORED,
	CONSTRAINT "organizations_ror_unique" UNIQUE("ror"),
	CONSTRAINT "organizations_name_filled" CHECK ("organizations"."name" <> '' and "organizations"."name" = btrim("organizations"."name")),
	CONSTRAINT "organizations_type_known" CHECK ("organizations"."type" in ('government', 'local_government', 'other_public_sector', 'international_ngo', 'national_ngo', 'regional_ngo', 'partner_country_ngo', 'public_private_partnership', 'multilateral', 'foundation', 'private_sector', 'private_sector_provider', 'private_sector_recipient', 'private_sector_third', 'academic', 'other')),
	CONSTRAINT "organizations_aliases_form" CHECK (is_alias_list("organizations"."aliases"))
);

CREATE TABLE "participation_actions" (
	"participation_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"kind" text NOT NULL,
	"date" text,
	"date_earliest" date GENERATED ALWAYS AS (edtf_earliest(date)) STORED,
	"date_latest" date GENERATED ALWAYS AS (edtf_latest(date)) STORED,
	"note" text,
	CONSTRAINT "participation_actions_participation_id_position_pk" PRIMARY KEY("participation_id","position"),
	CONSTRAINT "participation_actions_kind_known" CHECK ("participation_actions"."kind" in ('signed', 'ratified', 'accepted', 'approved', 'acceded', 'notified', 'entered_into_force', 'withdrew', 'other'))
);

CREATE TABLE "participations" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
	"agreement_id" uuid,
	"project_id" uuid,
	"cooperation_base_id" uuid,
	"assistance_program_id" uuid,
	"position" integer NOT NULL,
	"country" text,
	"organization" uuid,
	"region" text,
	"role" text NOT NULL,
	"contribution" text,
	"signatory" text,
	CONSTRAINT "participations_once" UNIQUE NULLS NOT DISTINCT("agreement_id","project_id","cooperation_base_id","assistance_program_id","country","organization","region","role"),
	CONSTRAINT "participations_subject" CHECK (num_nonnulls("participations"."agreement_id", "participations"."project_id", "participations"."cooperation_base_id", "participations"."assistance_program_id") = 1),
	CONSTRAINT "participations_actor" CHECK (num_nonnulls("participations"."country", "participations"."organization", "participations"."region") = 1),
	CONSTRAINT "participations_role_known" CHECK (case
        when "participations"."agreement_id" is not null then "participations"."role" in ('party', 'beneficiary', 'depositary', 'observer')
        when "participations"."project_id" is not null then "participations"."role" in ('lead', 'participant', 'developer', 'contributor', 'host', 'funder', 'beneficiary', 'observer')
        when "participations"."cooperation_base_id" is not null then "participations"."role" in ('participant', 'host', 'operator', 'partner', 'funder', 'beneficiary')
        else "participations"."role" in ('donor', 'recipient', 'implementer', 'funder', 'partner', 'beneficiary')
      end),
	CONSTRAINT "participations_signatory_of_agreement" CHECK ("participations"."signatory" is null or "participations"."agreement_id" is not null)
);

CREATE TABLE "projects" ("id" uuid PRIMARY KEY);

CREATE TABLE "regions" (
	"code" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"parent" text,
	"aliases" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(name)), 'A') || setweight(to_tsvector('english', plain_text(alias_names(aliases))), 'A')) STORED,
	CONSTRAINT "regions_code_form" CHECK ("regions"."code" ~ '^[0-9]{3}$'),
	CONSTRAINT "regions_name_filled" CHECK ("regions"."name" <> '' and "regions"."name" = btrim("regions"."name")),
	CONSTRAINT "regions_kind_known" CHECK ("regions"."kind" in ('world', 'region', 'subregion', 'intermediate_region', 'group')),
	CONSTRAINT "regions_aliases_form" CHECK (is_alias_list("regions"."aliases"))
);

CREATE TABLE "settings" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL
);

CREATE TABLE "sources" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
	"title" text NOT NULL,
	"kind" text NOT NULL,
	"publisher" text,
	"author" text,
	"interviewee" text,
	"published_on" text,
	"published_on_earliest" date GENERATED ALWAYS AS (edtf_earliest(published_on)) STORED,
	"published_on_latest" date GENERATED ALWAYS AS (edtf_latest(published_on)) STORED,
	"occasion" text,
	"url" text,
	"language" text,
	"licence" text,
	"accessed_on" text,
	"accessed_on_earliest" date GENERATED ALWAYS AS (edtf_earliest(accessed_on)) STORED,
	"accessed_on_latest" date GENERATED ALWAYS AS (edtf_latest(accessed_on)) STORED,
	"context" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(title)), 'A') || setweight(to_tsvector('english', plain_text(publisher)), 'B') || setweight(to_tsvector('english', plain_text(author)), 'B') || setweight(to_tsvector('english', plain_text(interviewee)), 'B') || setweight(to_tsvector('english', plain_text(occasion)), 'B') || setweight(to_tsvector('english', plain_text(context)), 'B')) STORED,
	CONSTRAINT "sources_title_filled" CHECK ("sources"."title" <> '' and "sources"."title" = btrim("sources"."title")),
	CONSTRAINT "sources_kind_known" CHECK ("sources"."kind" in ('interview', 'treaty_text', 'official_document', 'press_release', 'news_article', 'report', 'speech', 'dataset', 'website', 'other'))
);

CREATE TABLE "topic_links" (
	"topic" text NOT NULL,
	"agreement_id" uuid,
	"project_id" uuid,
	"cooperation_base_id" uuid,
	"assistance_program_id" uuid,
	"position" integer NOT NULL,
	CONSTRAINT "topic_links_once" UNIQUE NULLS NOT DISTINCT("topic","agreement_id","project_id","cooperation_base_id","assistance_program_id"),
	CONSTRAINT "topic_links_subject" CHECK (num_nonnulls("topic_links"."agreement_id", "topic_links"."project_id", "topic_links"."cooperation_base_id", "topic_links"."assistance_program_id") = 1)
);

CREATE TABLE "topics" (
	"slug" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"scheme" text NOT NULL,
	"code" text,
	"broader" text,
	"aliases" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(name)), 'A') || setweight(to_tsvector('english', plain_text(alias_names(aliases))), 'A')) STORED,
	CONSTRAINT "topics_code_unique" UNIQUE("scheme","code"),
	CONSTRAINT "topics_slug_form" CHECK ("topics"."slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
	CONSTRAINT "topics_name_filled" CHECK ("topics"."name" <> '' and "topics"."name" = btrim("topics"."name")),
	CONSTRAINT "topics_code_filled" CHECK ("topics"."code" <> '' and "topics"."code" = btrim("topics"."code")),
	CONSTRAINT "topics_scheme_known" CHECK ("topics"."scheme" in ('ford', 'challenge', 'domain', 'crs')),
	CONSTRAINT "topics_aliases_form" CHECK (is_alias_list("topics"."aliases"))
);

ALTER TABLE "agreement_documents" ADD CONSTRAINT "agreement_documents_agreement_id_agreements_id_fk" FOREIGN KEY ("agreement_id") REFERENCES "public"."agreements"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "agreement_relations" ADD CONSTRAINT "agreement_relations_agreement_id_agreements_id_fk" FOREIGN KEY ("agreement_id") REFERENCES "public"."agreements"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "agreement_relations" ADD CONSTRAINT "agreement_relations_related_id_agreements_id_fk" FOREIGN KEY ("related_id") REFERENCES "public"."agreements"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "agreement_terms" ADD CONSTRAINT "agreement_terms_agreement_id_agreements_id_fk" FOREIGN KEY ("agreement_id") REFERENCES "public"."agreements"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "citations" ADD CONSTRAINT "citations_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."sources"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "citations" ADD CONSTRAINT "citations_region_code_regions_code_fk" FOREIGN KEY ("region_code") REFERENCES "public"."regions"("code") ON DELETE no action ON UPDATE no action;
ALTER TABLE "citations" ADD CONSTRAINT "citations_country_code_countries_code_fk" FOREIGN KEY ("country_code") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;
ALTER TABLE "citations" ADD CONSTRAINT "citations_topic_slug_topics_slug_fk" FOREIGN KEY ("topic_slug") REFERENCES "public"."topics"("slug") ON DELETE no action ON UPDATE no action;
ALTER TABLE "citations" ADD CONSTRAINT "citations_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "citations" ADD CONSTRAINT "citations_cited_source_id_sources_id_fk" FOREIGN KEY ("cited_source_id") REFERENCES "public"."sources"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "citations" ADD CONSTRAINT "citations_agreement_id_agreements_id_fk" FOREIGN KEY ("agreement_id") REFERENCES "public"."agreements"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "citations" ADD CONSTRAINT "citations_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "citations" ADD CONSTRAINT "citations_cooperation_base_id_cooperation_bases_id_fk" FOREIGN KEY ("cooperation_base_id") REFERENCES "public"."cooperation_bases"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "citations" ADD CONSTRAINT "citations_assistance_program_id_assistance_programs_id_fk" FOREIGN KEY ("assistance_program_id") REFERENCES "public"."assistance_programs"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "citations" ADD CONSTRAINT "citations_figure_id_figures_id_fk" FOREIGN KEY ("figure_id") REFERENCES "public"."figures"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "countries" ADD CONSTRAINT "countries_region_regions_code_fk" FOREIGN KEY ("region") REFERENCES "public"."regions"("code") ON DELETE no action ON UPDATE no action;
ALTER TABLE "external_ids" ADD CONSTRAINT "external_ids_agreement_id_agreements_id_fk" FOREIGN KEY ("agreement_id") REFERENCES "public"."agreements"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "external_ids" ADD CONSTRAINT "external_ids_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "external_ids" ADD CONSTRAINT "external_ids_cooperation_base_id_cooperation_bases_id_fk" FOREIGN KEY ("cooperation_base_id") REFERENCES "public"."cooperation_bases"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "external_ids" ADD CONSTRAINT "external_ids_assistance_program_id_assistance_programs_id_fk" FOREIGN KEY ("assistance_program_id") REFERENCES "public"."assistance_programs"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "external_ids" ADD CONSTRAINT "external_ids_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "external_ids" ADD CONSTRAINT "external_ids_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."sources"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "external_ids" ADD CONSTRAINT "external_ids_citation_id_citations_id_fk" FOREIGN KEY ("citation_id") REFERENCES "public"."citations"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "external_ids" ADD CONSTRAINT "external_ids_figure_id_figures_id_fk" FOREIGN KEY ("figure_id") REFERENCES "public"."figures"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_country_countries_code_fk" FOREIGN KEY ("country") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_parent_organizations_id_fk" FOREIGN KEY ("parent") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "participation_actions" ADD CONSTRAINT "participation_actions_participation_id_participations_id_fk" FOREIGN KEY ("participation_id") REFERENCES "public"."participations"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "participations" ADD CONSTRAINT "participations_agreement_id_agreements_id_fk" FOREIGN KEY ("agreement_id") REFERENCES "public"."agreements"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "participations" ADD CONSTRAINT "participations_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "participations" ADD CONSTRAINT "participations_cooperation_base_id_cooperation_bases_id_fk" FOREIGN KEY ("cooperation_base_id") REFERENCES "public"."cooperation_bases"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "participations" ADD CONSTRAINT "participations_assistance_program_id_assistance_programs_id_fk" FOREIGN KEY ("assistance_program_id") REFERENCES "public"."assistance_programs"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "participations" ADD CONSTRAINT "participations_country_countries_code_fk" FOREIGN KEY ("country") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;
ALTER TABLE "participations" ADD CONSTRAINT "participations_organization_organizations_id_fk" FOREIGN KEY ("organization") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "participations" ADD CONSTRAINT "participations_region_regions_code_fk" FOREIGN KEY ("region") REFERENCES "public"."regions"("code") ON DELETE no action ON UPDATE no action;
ALTER TABLE "regions" ADD CONSTRAINT "regions_parent_regions_code_fk" FOREIGN KEY ("parent") REFERENCES "public"."regions"("code") ON DELETE no action ON UPDATE no action;
ALTER TABLE "topic_links" ADD CONSTRAINT "topic_links_topic_topics_slug_fk" FOREIGN KEY ("topic") REFERENCES "public"."topics"("slug") ON DELETE no action ON UPDATE no action;
ALTER TABLE "topic_links" ADD CONSTRAINT "topic_links_agreement_id_agreements_id_fk" FOREIGN KEY ("agreement_id") REFERENCES "public"."agreements"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "topic_links" ADD CONSTRAINT "topic_links_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "topic_links" ADD CONSTRAINT "topic_links_cooperation_base_id_cooperation_bases_id_fk" FOREIGN KEY ("cooperation_base_id") REFERENCES "public"."cooperation_bases"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "topic_links" ADD CONSTRAINT "topic_links_assistance_program_id_assistance_programs_id_fk" FOREIGN KEY ("assistance_program_id") REFERENCES "public"."assistance_programs"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "topics" ADD CONSTRAINT "topics_broader_topics_slug_fk" FOREIGN KEY ("broader") REFERENCES "public"."topics"("slug") ON DELETE no action ON UPDATE no action;
CREATE INDEX "agreement_relations_related" ON "agreement_relations" USING btree ("related_id");
CREATE INDEX "agreements_by_title" ON "agreements" USING btree (("title" collate "und-x-icu"),"id");
CREATE INDEX "agreements_by_kind" ON "agreements" USING btree (("kind" collate "C"),"id");
CREATE INDEX "agreements_by_level" ON "agreements" USING btree ((coalesce("level", U&'\+10FFFF') collate "C"),"id");
CREATE INDEX "agreements_by_level_desc" ON "agreements" USING btree ((coalesce("level", '') collate "C"),"id");
CREATE INDEX "agreements_by_status" ON "agreements" USING btree ((coalesce("status", U&'\+10FFFF') collate "C"),"id");
CREATE INDEX "agreements_by_status_desc" ON "agreements" USING btree ((coalesce("status", '') collate "C"),"id");
CREATE INDEX "agreements_by_signed_on" ON "agreements" USING btree ((coalesce("signed_on_earliest", 'infinity'::date)),"id");
CREATE INDEX "agreements_by_signed_on_desc" ON "agreements" USING btree ((case when "signed_on_earliest" is null then '-infinity'::date else greatest("signed_on_earliest", '4713-11-24 BC'::date) end),"id");
CREATE INDEX "agreements_by_provisional_from" ON "agreements" USING btree ((coalesce("provisional_from_earliest", 'infinity'::date)),"id");
CREATE INDEX "agreements_by_provisional_from_desc" ON "agreements" USING btree ((case when "provisional_from_earliest" is null then '-infinity'::date else greatest("provisional_from_earliest", '4713-11-24 BC'::date) end),"id");
CREATE INDEX "agreements_by_in_force_from" ON "agreements" USING btree ((coalesce("in_force_from_earliest", 'infinity'::date)),"id");
CREATE INDEX "agreements_by_in_force_from_desc" ON "agreements" USING btree ((case when "in_force_from_earliest" is null then '-infinity'::date else greatest("in_force_from_earliest", '4713-11-24 BC'::date) end),"id");
CREATE INDEX "agreements_by_expires_on" ON "agreements" USING btree ((coalesce("expires_on_earliest", 'infinity'::date)),"id");
CREATE INDEX "agreements_by_expires_on_desc" ON "agreements" USING btree ((case when "expires_on_earliest" is null then '-infinity'::date else greatest("expires_on_earliest", '4713-11-24 BC'::date) end),"id");
CREATE INDEX "agreements_by_terminated_on" ON "agreements" USING btree ((coalesce("terminated_on_earliest", 'infinity'::date)),"id");
CREATE INDEX "agreements_by_terminated_on_desc" ON "agreements" USING btree ((case when "terminated_on_earliest" is null then '-infinity'::date else greatest("terminated_on_earliest", '4713-11-24 BC'::date) end),"id");
CREATE INDEX "agreements_by_created_at" ON "agreements" USING btree ("created_at","id");
CREATE INDEX "agreements_by_updated_at" ON "agreements" USING btree ("updated_at","id");
CREATE INDEX "agreements_search" ON "agreements" USING gin ("search");
CREATE INDEX "agreements_languages" ON "agreements" USING gin ("languages");
CREATE INDEX "citations_source" ON "citations" USING btree ("source_id");
CREATE INDEX "citations_region" ON "citations" USING btree ("region_code");
CREATE INDEX "citations_country" ON "citations" USING btree ("country_code");
CREATE INDEX "citations_topic" ON "citations" USING btree ("topic_slug");
CREATE INDEX "citations_organization" ON "citations" USING btree ("organization_id");
CREATE INDEX "citations_cited_source" ON "citations" USING btree ("cited_source_id");
CREATE INDEX "citations_agreement" ON "citations" USING btree ("agreement_id");
CREATE INDEX "citations_project" ON "citations" USING btree ("project_id");
CREATE INDEX "citations_cooperation_base" ON "citations" USING btree ("cooperation_base_id");
CREATE INDEX "citations_assistance_program" ON "citations" USING btree ("assistance_program_id");
CREATE INDEX "citations_figure" ON "citations" USING btree ("figure_id");
CREATE INDEX "citations_by_property" ON "citations" USING btree ((coalesce("property", U&'\+10FFFF') collate "C"),"id");
CREATE INDEX "citations_by_property_desc" ON "citations" USING btree ((coalesce("property", '') collate "C"),"id");
CREATE INDEX "citations_by_rank" ON "citations" USING btree (("rank" collate "C"),"id");
CREATE INDEX "citations_by_paragraph" ON "citations" USING btree ((coalesce("paragraph", U&'\FFFF') collate "und-x-icu"),"id");
CREATE INDEX "citations_by_paragraph_desc" ON "citations" USING btree ((coalesce("paragraph", '') collate "und-x-icu"),"id");
CREATE INDEX "citations_by_created_at" ON "citations" USING btree ("created_at","id");
CREATE INDEX "citations_by_updated_at" ON "citations" USING btree ("updated_at","id");
CREATE INDEX "citations_search" ON "citations" USING gin ("search");
CREATE UNIQUE INDEX "countries_alpha2_unique" ON "countries" USING btree ("alpha2") WHERE valid_to is null;
CREATE UNIQUE INDEX "countries_numeric_unique" ON "countries" USING btree ("numeric") WHERE valid_to is null;
CREATE INDEX "countries_region" ON "countries" USING btree ("region");
CREATE INDEX "countries_by_name" ON "countries" USING btree (("name" collate "und-x-icu"),"code");
CREATE INDEX "countries_by_official_name" ON "countries" USING btree ((coalesce("official_name", U&'\FFFF') collate "und-x-icu"),"code");
CREATE INDEX "countries_by_official_name_desc" ON "countries" USING btree ((coalesce("official_name", '') collate "und-x-icu"),"code");
CREATE INDEX "countries_by_alpha2" ON "countries" USING btree (("alpha2" collate "C"),"code");
CREATE INDEX "countries_by_numeric" ON "countries" USING btree ((coalesce("numeric", U&'\+10FFFF') collate "C"),"code");
CREATE INDEX "countries_by_numeric_desc" ON "countries" USING btree ((coalesce("numeric", '') collate "C"),"code");
CREATE INDEX "countries_by_valid_from" ON "countries" USING btree ((coalesce("valid_from_earliest", 'infinity'::date)),"code");
CREATE INDEX "countries_by_valid_from_desc" ON "countries" USING btree ((case when "valid_from_earliest" is null then '-infinity'::date else greatest("valid_from_earliest", '4713-11-24 BC'::date) end),"code");
CREATE INDEX "countries_by_valid_to" ON "countries" USING btree ((coalesce("valid_to_earliest", 'infinity'::date)),"code");
CREATE INDEX "countries_by_valid_to_desc" ON "countries" USING btree ((case when "valid_to_earliest" is null then '-infinity'::date else greatest("valid_to_earliest", '4713-11-24 BC'::date) end),"code");
CREATE INDEX "countries_by_created_at" ON "countries" USING btree ("created_at","code");
CREATE INDEX "countries_by_updated_at" ON "countries" USING btree ("updated_at","code");
CREATE INDEX "countries_search" ON "countries" USING gin ("search");
CREATE INDEX "external_ids_agreement_id" ON "external_ids" USING btree ("agreement_id","position") WHERE "agreement_id" is not null;
CREATE UNIQUE INDEX "external_ids_agreement_id_unique" ON "external_ids" USING btree ("scheme","id") WHERE "agreement_id" is not null;
CREATE INDEX "external_ids_project_id" ON "external_ids" USING btree ("project_id","position") WHERE "project_id" is not null;
CREATE UNIQUE INDEX "external_ids_project_id_unique" ON "external_ids" USING btree ("scheme","id") WHERE "project_id" is not null;
CREATE INDEX "external_ids_cooperation_base_id" ON "external_ids" USING btree ("cooperation_base_id","position") WHERE "cooperation_base_id" is not null;
CREATE UNIQUE INDEX "external_ids_cooperation_base_id_unique" ON "external_ids" USING btree ("scheme","id") WHERE "cooperation_base_id" is not null;
CREATE INDEX "external_ids_assistance_program_id" ON "external_ids" USING btree ("assistance_program_id","position") WHERE "assistance_program_id" is not null;
CREATE UNIQUE INDEX "external_ids_assistance_program_id_unique" ON "external_ids" USING btree ("scheme","id") WHERE "assistance_program_id" is not null;
CREATE INDEX "external_ids_organization_id" ON "external_ids" USING btree ("organization_id","position") WHERE "organization_id" is not null;
CREATE UNIQUE INDEX "external_ids_organization_id_unique" ON "external_ids" USING btree ("scheme","id") WHERE "organization_id" is not null;
CREATE INDEX "external_ids_source_id" ON "external_ids" USING btree ("source_id","position") WHERE "source_id" is not null;
CREATE UNIQUE INDEX "external_ids_source_id_unique" ON "external_ids" USING btree ("scheme","id") WHERE "source_id" is not null;
CREATE INDEX "external_ids_citation_id" ON "external_ids" USING btree ("citation_id","position") WHERE "citation_id" is not null;
CREATE UNIQUE INDEX "external_ids_citation_id_unique" ON "external_ids" USING btree ("scheme","id") WHERE "citation_id" is not null;
CREATE INDEX "external_ids_figure_id" ON "external_ids" USING btree ("figure_id","position") WHERE "figure_id" is not null;
CREATE UNIQUE INDEX "external_ids_figure_id_unique" ON "external_ids" USING btree ("scheme","id") WHERE "figure_id" is not null;
CREATE INDEX "organizations_country" ON "organizations" USING btree ("country");
CREATE INDEX "organizations_parent" ON "organizations" USING btree ("parent");
CREATE INDEX "organizations_by_name" ON "organizations" USING btree (("name" collate "und-x-icu"),"id");
CREATE INDEX "organizations_by_acronym" ON "organizations" USING btree ((coalesce("acronym", U&'\FFFF') collate "und-x-icu"),"id");
CREATE INDEX "organizations_by_acronym_desc" ON "organizations" USING btree ((coalesce("acronym", '') collate "und-x-icu"),"id");
CREATE INDEX "organizations_by_type" ON "organizations" USING btree (("type" collate "C"),"id");
CREATE INDEX "organizations_by_country" ON "organizations" USING btree ((coalesce("country", U&'\+10FFFF') collate "C"),"id");
CREATE INDEX "organizations_by_country_desc" ON "organizations" USING btree ((coalesce("country", '') collate "C"),"id");
CREATE INDEX "organizations_by_created_at" ON "organizations" USING btree ("created_at","id");
CREATE INDEX "organizations_by_updated_at" ON "organizations" USING btree ("updated_at","id");
CREATE INDEX "organizations_search" ON "organizations" USING gin ("search");
CREATE INDEX "participations_agreement" ON "participations" USING btree ("agreement_id","position") WHERE "agreement_id" is not null;
CREATE INDEX "participations_project" ON "participations" USING btree ("project_id","position") WHERE "project_id" is not null;
CREATE INDEX "participations_cooperation_base" ON "participations" USING btree ("cooperation_base_id","position") WHERE "cooperation_base_id" is not null;
CREATE INDEX "participations_assistance_program" ON "participations" USING btree ("assistance_program_id","position") WHERE "assistance_program_id" is not null;
CREATE INDEX "participations_country" ON "participations" USING btree ("country");
CREATE INDEX "participations_organization" ON "participations" USING btree ("organization");
CREATE INDEX "participations_region" ON "participations" USING btree ("region");
CREATE INDEX "regions_parent" ON "regions" USING btree ("parent");
CREATE INDEX "regions_by_name" ON "regions" USING btree (("name" collate "und-x-icu"),"code");
CREATE INDEX "regions_by_kind" ON "regions" USING btree (("kind" collate "C"),"code");
CREATE INDEX "regions_by_created_at" ON "regions" USING btree ("created_at","code");
CREATE INDEX "regions_by_updated_at" ON "regions" USING btree ("updated_at","code");
CREATE INDEX "regions_search" ON "regions" USING gin ("search");
CREATE INDEX "sources_by_title" ON "sources" USING btree (("title" collate "und-x-icu"),"id");
CREATE INDEX "sources_by_publisher" ON "sources" USING btree ((coalesce("publisher", U&'\FFFF') collate "und-x-icu"),"id");
CREATE INDEX "sources_by_publisher_desc" ON "sources" USING btree ((coalesce("publisher", '') collate "und-x-icu"),"id");
CREATE INDEX "sources_by_kind" ON "sources" USING btree (("kind" collate "C"),"id");
CREATE INDEX "sources_by_published_on" ON "sources" USING btree ((coalesce("published_on_earliest", 'infinity'::date)),"id");
CREATE INDEX "sources_by_published_on_desc" ON "sources" USING btree ((case when "published_on_earliest" is null then '-infinity'::date else greatest("published_on_earliest", '4713-11-24 BC'::date) end),"id");
CREATE INDEX "sources_by_accessed_on" ON "sources" USING btree ((coalesce("accessed_on_earliest", 'infinity'::date)),"id");
CREATE INDEX "sources_by_accessed_on_desc" ON "sources" USING btree ((case when "accessed_on_earliest" is null then '-infinity'::date else greatest("accessed_on_earliest", '4713-11-24 BC'::date) end),"id");
CREATE INDEX "sources_by_created_at" ON "sources" USING btree ("created_at","id");
CREATE INDEX "sources_by_updated_at" ON "sources" USING btree ("updated_at","id");
CREATE INDEX "sources_search" ON "sources" USING gin ("search");
CREATE INDEX "topic_links_agreement" ON "topic_links" USING btree ("agreement_id","position") WHERE "agreement_id" is not null;
CREATE INDEX "topic_links_project" ON "topic_links" USING btree ("project_id","position") WHERE "project_id" is not null;
CREATE INDEX "topic_links_cooperation_base" ON "topic_links" USING btree ("cooperation_base_id","position") WHERE "cooperation_base_id" is not null;
CREATE INDEX "topic_links_assistance_program" ON "topic_links" USING btree ("assistance_program_id","position") WHERE "assistance_program_id" is not null;
CREATE INDEX "topics_broader" ON "topics" USING btree ("broader");
CREATE INDEX "topics_by_name" ON "topics" USING btree (("name" collate "und-x-icu"),"slug");
CREATE INDEX "topics_by_scheme" ON "topics" USING btree (("scheme" collate "C"),"slug");
CREATE INDEX "topics_by_code" ON "topics" USING btree ((coalesce("code", U&'\+10FFFF') collate "C"),"slug");
CREATE INDEX "topics_by_code_desc" ON "topics" USING btree ((coalesce("code", '') collate "C"),"slug");
CREATE INDEX "topics_by_created_at" ON "topics" USING btree ("created_at","slug");
CREATE INDEX "topics_by_updated_at" ON "topics" USING btree ("updated_at","slug");
CREATE INDEX "topics_search" ON "topics" USING gin ("search");

-- Triggers for rules that constraints cannot express, and functions that read tables.

-- Every change of a record increments its version, also a change in psql. Its `created_at` does not change.
CREATE FUNCTION count_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := OLD.version + 1;
  NEW.created_at := OLD.created_at;
  -- The clock, since the transaction may have started before a change for which it has waited.
  NEW.updated_at := greatest(clock_timestamp(), OLD.updated_at);
  RETURN NEW;
END
$$;

DO $do$
DECLARE
  record_table text;
BEGIN
  FOREACH record_table IN ARRAY ARRAY['regions', 'countries', 'topics', 'organizations', 'sources', 'agreements',
    'citations']
  LOOP
    EXECUTE format('CREATE TRIGGER count_version BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION count_version()',
      record_table);
  END LOOP;
END
$do$;


-- A record can't be below itself. Arguments: the key column, the column that refers to the parent, and that column's name in the API.
CREATE FUNCTION refuse_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  key text := to_jsonb(NEW) ->> TG_ARGV[0];
  upward text := to_jsonb(NEW) ->> TG_ARGV[1];
  closed boolean;
BEGIN
  -- Serializes transactions: otherwise two of them could each add one half of a cycle.
  PERFORM pg_advisory_xact_lock(hashtextextended('refuse_cycle ' || TG_TABLE_NAME, 0));
  EXECUTE format(
    'WITH RECURSIVE above(key) AS (
       SELECT $1
       UNION
       SELECT parent.%2$I::text FROM %3$I.%4$I AS parent JOIN above ON parent.%1$I::text = above.key
       WHERE parent.%2$I IS NOT NULL
     )
     SELECT EXISTS (SELECT FROM above WHERE key = $2)',
    TG_ARGV[0], TG_ARGV[1], TG_TABLE_SCHEMA, TG_TABLE_NAME
  ) INTO closed USING upward, key;
  IF closed THEN
    RAISE EXCEPTION '% would be below itself', key USING ERRCODE = 'EN001', COLUMN = TG_ARGV[2];
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER refuse_cycle AFTER INSERT OR UPDATE OF parent ON regions
  FOR EACH ROW WHEN (NEW.parent IS NOT NULL) EXECUTE FUNCTION refuse_cycle('code', 'parent', 'parent');

CREATE TRIGGER refuse_cycle AFTER INSERT OR UPDATE OF broader ON topics
  FOR EACH ROW WHEN (NEW.broader IS NOT NULL) EXECUTE FUNCTION refuse_cycle('slug', 'broader', 'broader');

CREATE TRIGGER refuse_cycle AFTER INSERT OR UPDATE OF parent ON organizations
  FOR EACH ROW WHEN (NEW.parent IS NOT NULL) EXECUTE FUNCTION refuse_cycle('id', 'parent', 'parent');


-- Functions and indexes for partial matches of texts. Bodies name the schema of what they call, as above.

CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;


-- The names of a record, one per line: its name, another name, and its aliases.
CREATE FUNCTION name_lines(name text, other text, aliases jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT name || coalesce(chr(10) || other, '')
    || coalesce((SELECT string_agg(chr(10) || (alias ->> 'name'), '') FROM jsonb_array_elements(aliases) AS alias), '')
$$;


-- The non-ASCII characters in a text, alone and in pairs of neighbours. Trigrams do not match words of two ideographs, nor
-- any non-ASCII text if the database's locale is C. These pairs match both, in every locale.
CREATE FUNCTION wide_pairs(value text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN octet_length(value) = length(value) THEN '{}'::text[] ELSE (
    SELECT coalesce(array_agg(DISTINCT pair.token), '{}')
    FROM (
      SELECT one, one || coalesce(lead(one) OVER (ORDER BY at), '') AS two
      FROM string_to_table(value, NULL) WITH ORDINALITY AS list(one, at)
    ) AS place, LATERAL (VALUES (one), (two)) AS pair(token)
    WHERE pair.token !~ '[\x01-\x7f]'
  ) END
$$;


CREATE INDEX "agreement_documents_title_part" ON "agreement_documents" USING gin ((lower(plain_text("title"))) gin_trgm_ops);
CREATE INDEX "agreements_beginning" ON "agreements" USING btree ((left(lower(plain_text("title")), 200) collate "C"));
CREATE INDEX "agreements_wide_pairs" ON "agreements" USING gin ((wide_pairs(lower(plain_text("title")))));
CREATE INDEX "agreements_title_part" ON "agreements" USING gin ((lower(plain_text("title"))) gin_trgm_ops);
CREATE INDEX "agreements_summary_part" ON "agreements" USING gin ((lower(plain_text("summary"))) gin_trgm_ops);
CREATE INDEX "agreements_place_part" ON "agreements" USING gin ((lower(plain_text("place"))) gin_trgm_ops);
CREATE INDEX "agreements_occasion_part" ON "agreements" USING gin ((lower(plain_text("occasion"))) gin_trgm_ops);
CREATE INDEX "citations_beginning" ON "citations" USING btree ((left(lower(plain_text("excerpt")), 200) collate "C"));
CREATE INDEX "citations_wide_pairs" ON "citations" USING gin ((wide_pairs(lower(plain_text("excerpt")))));
CREATE INDEX "citations_excerpt_part" ON "citations" USING gin ((lower(plain_text("excerpt"))) gin_trgm_ops);
CREATE INDEX "citations_note_part" ON "citations" USING gin ((lower(plain_text("note"))) gin_trgm_ops);
CREATE INDEX "countries_beginning" ON "countries" USING btree ((left(lower(plain_text("name")), 200) collate "C"));
CREATE INDEX "countries_wide_pairs" ON "countries" USING gin ((wide_pairs(lower(plain_text(name_lines("name", "official_name", "aliases"))))));
CREATE INDEX "countries_names" ON "countries" USING gin ((string_to_array(lower(plain_text(name_lines("name", "official_name", "aliases"))), U&'\000A')));
CREATE INDEX "countries_names_part" ON "countries" USING gin ((lower(plain_text(name_lines("name", "official_name", "aliases")))) gin_trgm_ops);
CREATE INDEX "countries_name_part" ON "countries" USING gin ((lower(plain_text("name"))) gin_trgm_ops);
CREATE INDEX "countries_official_name_part" ON "countries" USING gin ((lower(plain_text("official_name"))) gin_trgm_ops);
CREATE INDEX "external_ids_id_part" ON "external_ids" USING gin ((lower(plain_text("id"))) gin_trgm_ops);
CREATE INDEX "organizations_beginning" ON "organizations" USING btree ((left(lower(plain_text("name")), 200) collate "C"));
CREATE INDEX "organizations_wide_pairs" ON "organizations" USING gin ((wide_pairs(lower(plain_text(name_lines("name", "acronym", "aliases"))))));
CREATE INDEX "organizations_names" ON "organizations" USING gin ((string_to_array(lower(plain_text(name_lines("name", "acronym", "aliases"))), U&'\000A')));
CREATE INDEX "organizations_names_part" ON "organizations" USING gin ((lower(plain_text(name_lines("name", "acronym", "aliases")))) gin_trgm_ops);
CREATE INDEX "organizations_name_part" ON "organizations" USING gin ((lower(plain_text("name"))) gin_trgm_ops);
CREATE INDEX "organizations_acronym_part" ON "organizations" USING gin ((lower(plain_text("acronym"))) gin_trgm_ops);
CREATE INDEX "participations_signatory_part" ON "participations" USING gin ((lower(plain_text("signatory"))) gin_trgm_ops);
CREATE INDEX "participations_contribution_part" ON "participations" USING gin ((lower(plain_text("contribution"))) gin_trgm_ops);
CREATE INDEX "regions_beginning" ON "regions" USING btree ((left(lower(plain_text("name")), 200) collate "C"));
CREATE INDEX "regions_wide_pairs" ON "regions" USING gin ((wide_pairs(lower(plain_text(name_lines("name", null, "aliases"))))));
CREATE INDEX "regions_names" ON "regions" USING gin ((string_to_array(lower(plain_text(name_lines("name", null, "aliases"))), U&'\000A')));
CREATE INDEX "regions_names_part" ON "regions" USING gin ((lower(plain_text(name_lines("name", null, "aliases")))) gin_trgm_ops);
CREATE INDEX "regions_name_part" ON "regions" USING gin ((lower(plain_text("name"))) gin_trgm_ops);
CREATE INDEX "sources_beginning" ON "sources" USING btree ((left(lower(plain_text("title")), 200) collate "C"));
CREATE INDEX "sources_wide_pairs" ON "sources" USING gin ((wide_pairs(lower(plain_text("title")))));
CREATE INDEX "sources_title_part" ON "sources" USING gin ((lower(plain_text("title"))) gin_trgm_ops);
CREATE INDEX "sources_author_part" ON "sources" USING gin ((lower(plain_text("author"))) gin_trgm_ops);
CREATE INDEX "sources_interviewee_part" ON "sources" USING gin ((lower(plain_text("interviewee"))) gin_trgm_ops);
CREATE INDEX "sources_occasion_part" ON "sources" USING gin ((lower(plain_text("occasion"))) gin_trgm_ops);
CREATE INDEX "sources_context_part" ON "sources" USING gin ((lower(plain_text("context"))) gin_trgm_ops);
CREATE INDEX "sources_publisher_part" ON "sources" USING gin ((lower(plain_text("publisher"))) gin_trgm_ops);
CREATE INDEX "topics_beginning" ON "topics" USING btree ((left(lower(plain_text("name")), 200) collate "C"));
CREATE INDEX "topics_wide_pairs" ON "topics" USING gin ((wide_pairs(lower(plain_text(name_lines("name", null, "aliases"))))));
CREATE INDEX "topics_names" ON "topics" USING gin ((string_to_array(lower(plain_text(name_lines("name", null, "aliases"))), U&'\000A')));
CREATE INDEX "topics_names_part" ON "topics" USING gin ((lower(plain_text(name_lines("name", null, "aliases")))) gin_trgm_ops);
CREATE INDEX "topics_name_part" ON "topics" USING gin ((lower(plain_text("name"))) gin_trgm_ops);

-- Notifies caches of every change, also of changes in psql: when the transaction commits, once for each table that it has
-- changed.
CREATE FUNCTION announce_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_catalog.pg_notify('entente_changes', TG_TABLE_NAME);
  RETURN NULL;
END
$$;

DO $do$
DECLARE
  changing_table text;
BEGIN
  FOREACH changing_table IN ARRAY ARRAY['regions', 'countries', 'topics', 'topic_links', 'organizations', 'sources', 'agreements',
    'agreement_terms', 'agreement_relations', 'agreement_documents', 'participations', 'participation_actions', 'external_ids',
    'citations']
  LOOP
    EXECUTE format('CREATE TRIGGER announce_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I
      FOR EACH STATEMENT EXECUTE FUNCTION announce_change()', changing_table);
  END LOOP;
END
$do$;


-- The days that a date can mean, as a range; null for no date. The last day that PostgreSQL knows is left out, since the
-- upper bound of a range is the day after.
CREATE FUNCTION edtf_span(earliest date, latest date) RETURNS daterange LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN earliest IS NOT NULL THEN
  daterange(earliest, CASE latest WHEN '5874897-12-31' THEN latest - 1 ELSE latest END, '[]')
END;


CREATE INDEX "agreements_signed_on_span" ON "agreements" USING gist ((edtf_span("signed_on_earliest", "signed_on_latest"))) WHERE "agreements"."signed_on_earliest" is not null;
CREATE INDEX "agreements_provisional_from_span" ON "agreements" USING gist ((edtf_span("provisional_from_earliest", "provisional_from_latest"))) WHERE "agreements"."provisional_from_earliest" is not null;
CREATE INDEX "agreements_in_force_from_span" ON "agreements" USING gist ((edtf_span("in_force_from_earliest", "in_force_from_latest"))) WHERE "agreements"."in_force_from_earliest" is not null;
CREATE INDEX "agreements_expires_on_span" ON "agreements" USING gist ((edtf_span("expires_on_earliest", "expires_on_latest"))) WHERE "agreements"."expires_on_earliest" is not null;
CREATE INDEX "agreements_terminated_on_span" ON "agreements" USING gist ((edtf_span("terminated_on_earliest", "terminated_on_latest"))) WHERE "agreements"."terminated_on_earliest" is not null;
CREATE INDEX "agreements_renewal" ON "agreements" USING btree ("renewal");
CREATE INDEX "citations_paragraph" ON "citations" USING btree ("paragraph");
CREATE INDEX "citations_page" ON "citations" USING btree ("page");
CREATE INDEX "participation_actions_date_span" ON "participation_actions" USING gist ((edtf_span("date_earliest", "date_latest"))) WHERE "participation_actions"."date_earliest" is not null;


CREATE INDEX "participations_role" ON "participations" USING btree ("role");

-- Transaction numbers, by which the feed of changes is ordered. When a dump is restored in another cluster, where transaction
-- ids are lower, the offset increases, so that later changes also come later in the feed.
INSERT INTO settings (name, value) VALUES ('feed_offset', '0');

CREATE FUNCTION feed_transaction() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT pg_catalog.pg_current_xact_id()::text::bigint
    + (SELECT value::bigint FROM public.settings WHERE name = 'feed_offset')
$$;


CREATE TABLE "revisions" (
	"sequence" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "revisions_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"transaction" bigint DEFAULT feed_transaction() NOT NULL,
	"resource" text NOT NULL,
	"key" text NOT NULL,
	"version" integer NOT NULL,
	"operation" text NOT NULL,
	"document" json NOT NULL,
	"actor" json NOT NULL,
	"time" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"request_id" text,
	"reason" text,
	CONSTRAINT "revisions_version_unique" UNIQUE("resource","key","version"),
	CONSTRAINT "revisions_operation_known" CHECK ("revisions"."operation" in ('create', 'replace', 'patch', 'remove', 'restore'))
);

CREATE INDEX "revisions_feed" ON "revisions" USING btree ("transaction","sequence");
CREATE INDEX "revisions_resource_feed" ON "revisions" USING btree ("resource","transaction","sequence");
CREATE INDEX "revisions_time" ON "revisions" USING btree ("time");


-- Revisions cannot be changed or removed, not even by the owner of the database or while triggers are disabled for
-- replication.
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'revisions are only added to: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE OR TRUNCATE ON revisions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

ALTER TABLE revisions ENABLE ALWAYS TRIGGER refuse_rewriting;

REVOKE UPDATE, DELETE, TRUNCATE ON revisions FROM PUBLIC, CURRENT_USER;

-- The revisions of a record have the same order in the feed and by version. A transaction fails, and must be repeated, if it
-- changes a record after a transaction that began to write later.
CREATE FUNCTION keep_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last_transaction bigint;
BEGIN
  SELECT transaction INTO last_transaction FROM public.revisions
  WHERE resource = NEW.resource AND key = NEW.key ORDER BY version DESC LIMIT 1;
  IF last_transaction > NEW.transaction THEN
    RAISE EXCEPTION '% % was changed by a later transaction', NEW.resource, NEW.key USING ERRCODE = 'serialization_failure';
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER keep_order BEFORE INSERT ON revisions FOR EACH ROW EXECUTE FUNCTION keep_order();


-- A deleted record that is created again under its key continues its version numbers, so that each version is unique.
CREATE FUNCTION continue_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  own_key text;
  last_version integer;
BEGIN
  IF TG_ARGV[0] = 'id' THEN own_key := NEW.id;
  ELSIF TG_ARGV[0] = 'code' THEN own_key := NEW.code;
  ELSE own_key := NEW.slug;
  END IF;
  SELECT max(version) INTO last_version FROM public.revisions
  WHERE resource = replace(TG_TABLE_NAME, '_', '-') AND key = own_key;
  IF last_version >= NEW.version THEN NEW.version := last_version + 1; END IF;
  RETURN NEW;
END
$$;

DO $do$
DECLARE
  record_table text;
  key_column text;
BEGIN
  FOREACH record_table IN ARRAY ARRAY['regions', 'countries', 'topics', 'organizations', 'sources', 'agreements',
    'citations']
  LOOP
    key_column := CASE WHEN record_table IN ('regions', 'countries') THEN 'code'
      WHEN record_table = 'topics' THEN 'slug' ELSE 'id' END;
    EXECUTE format('CREATE TRIGGER continue_version BEFORE INSERT ON %I FOR EACH ROW EXECUTE FUNCTION continue_version(%L)',
      record_table, key_column);
  END LOOP;
END
$do$;

CREATE TRIGGER announce_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON revisions
  FOR EACH STATEMENT EXECUTE FUNCTION announce_change();
