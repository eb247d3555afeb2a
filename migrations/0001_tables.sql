CREATE TABLE "idempotent_requests" (
	"identity" text PRIMARY KEY NOT NULL,
	"fingerprint" text NOT NULL,
	"status" integer NOT NULL,
	"headers" json NOT NULL,
	"type" text,
	"body" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "keys" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"prefix" text NOT NULL,
	"hash" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "keys_prefix_unique" UNIQUE("prefix"),
	CONSTRAINT "keys_hash_unique" UNIQUE("hash"),
	CONSTRAINT "keys_name_filled" CHECK ("keys"."name" <> '' and "keys"."name" = btrim("keys"."name")),
	CONSTRAINT "keys_role_known" CHECK ("keys"."role" in ('reader', 'editor', 'admin')),
	CONSTRAINT "keys_prefix_form" CHECK ("keys"."prefix" ~ '^ent_[0-9a-z]{8}$'),
	CONSTRAINT "keys_hash_form" CHECK ("keys"."hash" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "records" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
	"resource" text NOT NULL,
	"key" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"document" text,
	"shape" text,
	"visibility" text DEFAULT 'public' NOT NULL,
	"merged_into" uuid,
	"created_at" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "records_id_resource" UNIQUE("id","resource"),
	CONSTRAINT "records_visibility_known" CHECK ("records"."visibility" in ('public', 'internal'))
);
--> statement-breakpoint
CREATE TABLE "revisions" (
	"sequence" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "revisions_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"transaction" bigint DEFAULT feed_transaction() NOT NULL,
	"resource" text NOT NULL,
	"key" text NOT NULL,
	"version" integer NOT NULL,
	"operation" text NOT NULL,
	"document" json NOT NULL,
	"actor" json NOT NULL,
	"time" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	"request_id" text,
	"reason" text,
	CONSTRAINT "revisions_version_unique" UNIQUE("resource","key","version"),
	CONSTRAINT "revisions_operation_known" CHECK ("revisions"."operation" in ('create', 'replace', 'patch', 'remove', 'restore'))
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "participations" (
	"record" uuid NOT NULL,
	"resource" text NOT NULL,
	"position" integer NOT NULL,
	"country" text,
	"organization" uuid,
	"region" text,
	"role" text NOT NULL,
	"contribution" text,
	"signatory" text,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "participations_record_position_pk" PRIMARY KEY("record","position"),
	CONSTRAINT "participations_once" UNIQUE NULLS NOT DISTINCT("record","country","organization","region","role"),
	CONSTRAINT "participations_actor" CHECK (num_nonnulls("participations"."country", "participations"."organization", "participations"."region") = 1),
	CONSTRAINT "participations_role_known" CHECK (case when "participations"."resource" = 'agreements' then "participations"."role" in ('party', 'beneficiary', 'depositary', 'observer') when "participations"."resource" = 'projects' then "participations"."role" in ('lead', 'participant', 'developer', 'contributor', 'host', 'funder', 'beneficiary', 'observer') when "participations"."resource" = 'cooperation-bases' then "participations"."role" in ('participant', 'host', 'operator', 'partner', 'funder', 'beneficiary') when "participations"."resource" = 'assistance-programs' then "participations"."role" in ('donor', 'recipient', 'implementer', 'funder', 'partner', 'beneficiary') else false end),
	CONSTRAINT "participations_signatory_of_party" CHECK ("participations"."signatory" is null or "participations"."resource" in ('agreements'))
);
--> statement-breakpoint
CREATE TABLE "participation_actions" (
	"record" uuid NOT NULL,
	"party" integer NOT NULL,
	"position" integer NOT NULL,
	"kind" text NOT NULL,
	"date" text,
	"date_earliest" date GENERATED ALWAYS AS (edtf_earliest(date)) STORED,
	"date_latest" date GENERATED ALWAYS AS (edtf_latest(date)) STORED,
	"note" text,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "participation_actions_record_party_position_pk" PRIMARY KEY("record","party","position"),
	CONSTRAINT "participation_actions_kind_known" CHECK ("participation_actions"."kind" in ('signed', 'ratified', 'accepted', 'approved', 'acceded', 'notified', 'withdrew', 'other')),
	CONSTRAINT "participation_actions_dated" CHECK (date is not null)
);
--> statement-breakpoint
CREATE TABLE "topic_links" (
	"record" uuid NOT NULL,
	"resource" text NOT NULL,
	"position" integer NOT NULL,
	"topic" text NOT NULL,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "topic_links_record_position_pk" PRIMARY KEY("record","position"),
	CONSTRAINT "topic_links_once" UNIQUE("topic","resource","record"),
	CONSTRAINT "topic_links_resource_known" CHECK ("topic_links"."resource" in ('agreements', 'projects', 'cooperation-bases', 'assistance-programs'))
);
--> statement-breakpoint
CREATE TABLE "external_ids" (
	"record" uuid NOT NULL,
	"resource" text NOT NULL,
	"position" integer NOT NULL,
	"scheme" text NOT NULL,
	"id" text NOT NULL,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "external_ids_record_position_pk" PRIMARY KEY("record","position"),
	CONSTRAINT "external_ids_resource_known" CHECK ("external_ids"."resource" in ('organizations', 'sources', 'agreements', 'projects', 'cooperation-bases', 'assistance-programs', 'figures', 'citations')),
	CONSTRAINT "external_ids_scheme_form" CHECK ("external_ids"."scheme" ~ '^[a-z0-9][a-z0-9._-]*$'),
	CONSTRAINT "external_ids_id_filled" CHECK ("external_ids"."id" <> '' and "external_ids"."id" = btrim("external_ids"."id"))
);
--> statement-breakpoint
CREATE TABLE "regions" (
	"id" uuid PRIMARY KEY GENERATED ALWAYS AS (name_id('regions', code)) STORED NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"parent" text,
	"aliases" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(name)), 'A') || setweight(to_tsvector('english', plain_text(alias_names(aliases))), 'A')) STORED,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "regions_code_unique" UNIQUE("code"),
	CONSTRAINT "regions_code_form" CHECK ("regions"."code" ~ '^[0-9]{3}$'),
	CONSTRAINT "regions_name_filled" CHECK ("regions"."name" <> '' and "regions"."name" = btrim("regions"."name")),
	CONSTRAINT "regions_kind_known" CHECK ("regions"."kind" in ('world', 'region', 'subregion', 'intermediate_region', 'group')),
	CONSTRAINT "regions_aliases_form" CHECK (is_alias_list("regions"."aliases"))
);
--> statement-breakpoint
CREATE TABLE "countries" (
	"id" uuid PRIMARY KEY GENERATED ALWAYS AS (name_id('countries', code)) STORED NOT NULL,
	"code" text NOT NULL,
	"alpha2" text NOT NULL,
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
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(name)), 'A') || setweight(to_tsvector('english', plain_text(official_name)), 'A') || setweight(to_tsvector('english', plain_text(alias_names(aliases))), 'A')) STORED,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "countries_code_unique" UNIQUE("code"),
	CONSTRAINT "countries_code_form" CHECK ("countries"."code" ~ '^[A-Z]{3}$'),
	CONSTRAINT "countries_alpha2_form" CHECK ("countries"."alpha2" ~ '^[A-Z]{2}$'),
	CONSTRAINT "countries_numeric_form" CHECK ("countries"."numeric" ~ '^[0-9]{3}$'),
	CONSTRAINT "countries_name_filled" CHECK ("countries"."name" <> '' and "countries"."name" = btrim("countries"."name")),
	CONSTRAINT "countries_aliases_form" CHECK (is_alias_list("countries"."aliases"))
);
--> statement-breakpoint
CREATE TABLE "topics" (
	"id" uuid PRIMARY KEY GENERATED ALWAYS AS (name_id('topics', slug)) STORED NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"scheme" text NOT NULL,
	"code" text,
	"broader" text,
	"aliases" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(name)), 'A') || setweight(to_tsvector('english', plain_text(alias_names(aliases))), 'A')) STORED,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "topics_slug_unique" UNIQUE("slug"),
	CONSTRAINT "topics_code_unique" UNIQUE("scheme","code"),
	CONSTRAINT "topics_slug_form" CHECK ("topics"."slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
	CONSTRAINT "topics_name_filled" CHECK ("topics"."name" <> '' and "topics"."name" = btrim("topics"."name")),
	CONSTRAINT "topics_scheme_known" CHECK ("topics"."scheme" in ('ford', 'challenge', 'domain', 'crs')),
	CONSTRAINT "topics_aliases_form" CHECK (is_alias_list("topics"."aliases"))
);
--> statement-breakpoint
CREATE TABLE "organizations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"acronym" text,
	"type" text NOT NULL,
	"country" text,
	"parent" uuid,
	"website" text,
	"ror" text,
	"aliases" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(name)), 'A') || setweight(to_tsvector('english', plain_text(acronym)), 'A') || setweight(to_tsvector('english', plain_text(alias_names(aliases))), 'A')) STORED,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "organizations_name_filled" CHECK ("organizations"."name" <> '' and "organizations"."name" = btrim("organizations"."name")),
	CONSTRAINT "organizations_type_known" CHECK ("organizations"."type" in ('government', 'local_government', 'other_public_sector', 'international_ngo', 'national_ngo', 'regional_ngo', 'partner_country_ngo', 'public_private_partnership', 'multilateral', 'foundation', 'private_sector', 'private_sector_provider', 'private_sector_recipient', 'private_sector_third', 'academic', 'other')),
	CONSTRAINT "organizations_aliases_form" CHECK (is_alias_list("organizations"."aliases"))
);
--> statement-breakpoint
CREATE TABLE "sources" (
	"id" uuid PRIMARY KEY NOT NULL,
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
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(title)), 'A') || setweight(to_tsvector('english', plain_text(publisher)), 'B') || setweight(to_tsvector('english', plain_text(author)), 'B') || setweight(to_tsvector('english', plain_text(interviewee)), 'B') || setweight(to_tsvector('english', plain_text(occasion)), 'B') || setweight(to_tsvector('english', plain_text(context)), 'B')) STORED,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "sources_title_filled" CHECK ("sources"."title" <> '' and "sources"."title" = btrim("sources"."title")),
	CONSTRAINT "sources_kind_known" CHECK ("sources"."kind" in ('interview', 'treaty_text', 'official_document', 'press_release', 'news_article', 'report', 'speech', 'dataset', 'website', 'other'))
);
--> statement-breakpoint
CREATE TABLE "agreements" (
	"id" uuid PRIMARY KEY NOT NULL,
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
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(title)), 'A') || setweight(to_tsvector('english', plain_text(place)), 'B') || setweight(to_tsvector('english', plain_text(occasion)), 'B') || setweight(to_tsvector('english', plain_text(summary)), 'B')) STORED,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "agreements_title_filled" CHECK ("agreements"."title" <> '' and "agreements"."title" = btrim("agreements"."title")),
	CONSTRAINT "agreements_kind_known" CHECK ("agreements"."kind" in ('treaty', 'agreement', 'protocol', 'memorandum_of_understanding', 'joint_statement', 'strategic_partnership', 'cooperation_documents', 'dialogue_outcome', 'exchange_of_notes', 'other')),
	CONSTRAINT "agreements_level_known" CHECK ("agreements"."level" in ('intergovernmental', 'interagency', 'institutional')),
	CONSTRAINT "agreements_status_known" CHECK ("agreements"."status" in ('negotiating', 'signed', 'in_force', 'suspended', 'expired', 'terminated', 'superseded')),
	CONSTRAINT "agreements_renewal_known" CHECK ("agreements"."renewal" in ('none', 'automatic', 'by_consent'))
);
--> statement-breakpoint
CREATE TABLE "projects" (
	"id" uuid PRIMARY KEY NOT NULL,
	"title" text NOT NULL,
	"kind" text NOT NULL,
	"status" text,
	"starts_on" text,
	"starts_on_earliest" date GENERATED ALWAYS AS (edtf_earliest(starts_on)) STORED,
	"starts_on_latest" date GENERATED ALWAYS AS (edtf_latest(starts_on)) STORED,
	"ends_on" text,
	"ends_on_earliest" date GENERATED ALWAYS AS (edtf_earliest(ends_on)) STORED,
	"ends_on_latest" date GENERATED ALWAYS AS (edtf_latest(ends_on)) STORED,
	"summary" text,
	"outcomes" text,
	"location_name" text,
	"location_country" text,
	"location_latitude" double precision,
	"location_longitude" double precision,
	"location_elevation_metres" double precision,
	"budget_amount" numeric(15, 2),
	"budget_currency" text,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(title)), 'A') || setweight(to_tsvector('english', plain_text(summary)), 'B') || setweight(to_tsvector('english', plain_text(outcomes)), 'B') || setweight(to_tsvector('english', plain_text(location_name)), 'B')) STORED,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "projects_title_filled" CHECK ("projects"."title" <> '' and "projects"."title" = btrim("projects"."title")),
	CONSTRAINT "projects_kind_known" CHECK ("projects"."kind" in ('mega_science', 'joint_research', 'technology_development', 'joint_centre', 'observatory', 'infrastructure', 'other')),
	CONSTRAINT "projects_status_known" CHECK ("projects"."status" in ('pipeline', 'implementation', 'finalisation', 'closed', 'cancelled', 'suspended')),
	CONSTRAINT "projects_location_coordinates_range" CHECK ("projects"."location_latitude" between -90 and 90 and "projects"."location_longitude" between -180 and 180),
	CONSTRAINT "projects_location_coordinates_pair" CHECK (num_nulls("projects"."location_latitude", "projects"."location_longitude") <> 1),
	CONSTRAINT "projects_location_elevation_range" CHECK ("projects"."location_elevation_metres" between -12000 and 9000),
	CONSTRAINT "projects_budget_valid" CHECK (num_nulls("projects"."budget_amount", "projects"."budget_currency") <> 1 and "projects"."budget_amount" >= 0 and "projects"."budget_amount" < 10000000000000 and "projects"."budget_currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "cooperation_bases" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"level" text,
	"status" text,
	"designated_on" text,
	"designated_on_earliest" date GENERATED ALWAYS AS (edtf_earliest(designated_on)) STORED,
	"designated_on_latest" date GENERATED ALWAYS AS (edtf_latest(designated_on)) STORED,
	"summary" text,
	"unit_count" integer DEFAULT 1 NOT NULL,
	"unit_count_qualifier" text DEFAULT 'exact' NOT NULL,
	"part_of" uuid,
	"host_country" text,
	"host_organization" uuid,
	"location_name" text,
	"location_country" text,
	"location_latitude" double precision,
	"location_longitude" double precision,
	"location_elevation_metres" double precision,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(name)), 'A') || setweight(to_tsvector('english', plain_text(summary)), 'B') || setweight(to_tsvector('english', plain_text(location_name)), 'B')) STORED,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "cooperation_bases_name_filled" CHECK ("cooperation_bases"."name" <> '' and "cooperation_bases"."name" = btrim("cooperation_bases"."name")),
	CONSTRAINT "cooperation_bases_kind_known" CHECK ("cooperation_bases"."kind" in ('international_innovation_zone', 'joint_research_centre', 'st_cooperation_base', 'overseas_joint_research_entity', 'observatory', 'ground_station', 'other')),
	CONSTRAINT "cooperation_bases_level_known" CHECK ("cooperation_bases"."level" in ('state', 'provincial', 'municipal', 'institutional')),
	CONSTRAINT "cooperation_bases_status_known" CHECK ("cooperation_bases"."status" in ('planned', 'active', 'suspended', 'closed')),
	CONSTRAINT "cooperation_bases_unit_count_range" CHECK ("cooperation_bases"."unit_count" >= 1),
	CONSTRAINT "cooperation_bases_unit_count_qualifier_known" CHECK ("cooperation_bases"."unit_count_qualifier" in ('exact', 'about', 'more_than', 'at_least', 'less_than')),
	CONSTRAINT "cooperation_bases_location_coordinates_range" CHECK ("cooperation_bases"."location_latitude" between -90 and 90 and "cooperation_bases"."location_longitude" between -180 and 180),
	CONSTRAINT "cooperation_bases_location_coordinates_pair" CHECK (num_nulls("cooperation_bases"."location_latitude", "cooperation_bases"."location_longitude") <> 1),
	CONSTRAINT "cooperation_bases_location_elevation_range" CHECK ("cooperation_bases"."location_elevation_metres" between -12000 and 9000)
);
--> statement-breakpoint
CREATE TABLE "assistance_programs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"title" text NOT NULL,
	"modality" text NOT NULL,
	"status" text,
	"starts_on" text,
	"starts_on_earliest" date GENERATED ALWAYS AS (edtf_earliest(starts_on)) STORED,
	"starts_on_latest" date GENERATED ALWAYS AS (edtf_latest(starts_on)) STORED,
	"ends_on" text,
	"ends_on_earliest" date GENERATED ALWAYS AS (edtf_earliest(ends_on)) STORED,
	"ends_on_latest" date GENERATED ALWAYS AS (edtf_latest(ends_on)) STORED,
	"summary" text,
	"location_name" text,
	"location_country" text,
	"location_latitude" double precision,
	"location_longitude" double precision,
	"location_elevation_metres" double precision,
	"commitment_amount" numeric(15, 2),
	"commitment_currency" text,
	"aid_type" text,
	"crs_purpose" text,
	"crs_scheme" text GENERATED ALWAYS AS ('crs'::text) STORED,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(title)), 'A') || setweight(to_tsvector('english', plain_text(summary)), 'B') || setweight(to_tsvector('english', plain_text(location_name)), 'B')) STORED,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "assistance_programs_title_filled" CHECK ("assistance_programs"."title" <> '' and "assistance_programs"."title" = btrim("assistance_programs"."title")),
	CONSTRAINT "assistance_programs_modality_known" CHECK ("assistance_programs"."modality" in ('high_tech_zone', 'national_library', 'research_capacity', 'training', 'joint_research', 'demonstration_zone', 'data_service', 'environment', 'infrastructure', 'other')),
	CONSTRAINT "assistance_programs_status_known" CHECK ("assistance_programs"."status" in ('pipeline', 'implementation', 'finalisation', 'closed', 'cancelled', 'suspended')),
	CONSTRAINT "assistance_programs_location_coordinates_range" CHECK ("assistance_programs"."location_latitude" between -90 and 90 and "assistance_programs"."location_longitude" between -180 and 180),
	CONSTRAINT "assistance_programs_location_coordinates_pair" CHECK (num_nulls("assistance_programs"."location_latitude", "assistance_programs"."location_longitude") <> 1),
	CONSTRAINT "assistance_programs_location_elevation_range" CHECK ("assistance_programs"."location_elevation_metres" between -12000 and 9000),
	CONSTRAINT "assistance_programs_commitment_valid" CHECK (num_nulls("assistance_programs"."commitment_amount", "assistance_programs"."commitment_currency") <> 1 and "assistance_programs"."commitment_amount" >= 0 and "assistance_programs"."commitment_amount" < 10000000000000 and "assistance_programs"."commitment_currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "assistance_programs_aid_type_known" CHECK ("assistance_programs"."aid_type" in ('A01', 'A02', 'B01', 'B02', 'B021', 'B022', 'B03', 'B031', 'B032', 'B033', 'B04', 'C01', 'D01', 'D02', 'E01', 'E02', 'F01', 'G01', 'H01', 'H02', 'H03', 'H04', 'H05', 'H06'))
);
--> statement-breakpoint
CREATE TABLE "figures" (
	"id" uuid PRIMARY KEY NOT NULL,
	"indicator" text NOT NULL,
	"title" text NOT NULL,
	"value" numeric(19, 4) NOT NULL,
	"qualifier" text DEFAULT 'exact' NOT NULL,
	"unit" text NOT NULL,
	"country" text,
	"as_of" text,
	"as_of_earliest" date GENERATED ALWAYS AS (edtf_earliest(as_of)) STORED,
	"as_of_latest" date GENERATED ALWAYS AS (edtf_latest(as_of)) STORED,
	"query" text,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(title)), 'A') || setweight(to_tsvector('english', plain_text(unit)), 'B')) STORED,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "figures_indicator_form" CHECK ("figures"."indicator" ~ '^[a-z][a-z0-9]*(_[a-z0-9]+)*$'),
	CONSTRAINT "figures_title_filled" CHECK ("figures"."title" <> '' and "figures"."title" = btrim("figures"."title")),
	CONSTRAINT "figures_qualifier_known" CHECK ("figures"."qualifier" in ('exact', 'about', 'more_than', 'at_least', 'less_than')),
	CONSTRAINT "figures_unit_filled" CHECK ("figures"."unit" <> '' and "figures"."unit" = btrim("figures"."unit"))
);
--> statement-breakpoint
CREATE TABLE "citations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" uuid NOT NULL,
	"cited_record" uuid NOT NULL,
	"cited_resource" text NOT NULL,
	"property" text,
	"paragraph" text,
	"page" text,
	"excerpt" text,
	"note" text,
	"rank" text DEFAULT 'normal' NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(excerpt)), 'A') || setweight(to_tsvector('english', plain_text(note)), 'B')) STORED,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "citations_property_form" CHECK ("citations"."property" ~ '^(/([^/~]|~[01])*)+$'),
	CONSTRAINT "citations_rank_known" CHECK ("citations"."rank" in ('preferred', 'normal', 'deprecated'))
);
--> statement-breakpoint
CREATE TABLE "countries_groups" (
	"record" uuid NOT NULL,
	"position" integer NOT NULL,
	"target" text NOT NULL,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "countries_groups_record_position_pk" PRIMARY KEY("record","position"),
	CONSTRAINT "countries_groups_once" UNIQUE("record","target")
);
--> statement-breakpoint
CREATE TABLE "countries_successors" (
	"record" uuid NOT NULL,
	"position" integer NOT NULL,
	"target" text NOT NULL,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "countries_successors_record_position_pk" PRIMARY KEY("record","position"),
	CONSTRAINT "countries_successors_once" UNIQUE("record","target"),
	CONSTRAINT "countries_successors_other" CHECK (name_id('countries', "countries_successors"."target") <> "countries_successors"."record")
);
--> statement-breakpoint
CREATE TABLE "agreements_terms" (
	"record" uuid NOT NULL,
	"position" integer NOT NULL,
	"starts_on" text,
	"starts_on_earliest" date GENERATED ALWAYS AS (edtf_earliest(starts_on)) STORED,
	"starts_on_latest" date GENERATED ALWAYS AS (edtf_latest(starts_on)) STORED,
	"ends_on" text,
	"ends_on_earliest" date GENERATED ALWAYS AS (edtf_earliest(ends_on)) STORED,
	"ends_on_latest" date GENERATED ALWAYS AS (edtf_latest(ends_on)) STORED,
	"note" text,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "agreements_terms_record_position_pk" PRIMARY KEY("record","position")
);
--> statement-breakpoint
CREATE TABLE "agreements_relations" (
	"record" uuid NOT NULL,
	"position" integer NOT NULL,
	"kind" text NOT NULL,
	"agreement" uuid NOT NULL,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "agreements_relations_record_position_pk" PRIMARY KEY("record","position"),
	CONSTRAINT "agreements_relations_once" UNIQUE("record","kind","agreement"),
	CONSTRAINT "agreements_relations_kind_known" CHECK ("agreements_relations"."kind" in ('amends', 'supersedes', 'implements', 'renews')),
	CONSTRAINT "agreements_relations_agreement_other" CHECK ("agreements_relations"."agreement" <> "agreements_relations"."record")
);
--> statement-breakpoint
CREATE TABLE "agreements_documents" (
	"record" uuid NOT NULL,
	"position" integer NOT NULL,
	"title" text NOT NULL,
	"url" text,
	"language" text,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "agreements_documents_record_position_pk" PRIMARY KEY("record","position"),
	CONSTRAINT "agreements_documents_title_filled" CHECK ("agreements_documents"."title" <> '' and "agreements_documents"."title" = btrim("agreements_documents"."title"))
);
--> statement-breakpoint
CREATE TABLE "projects_agreements" (
	"record" uuid NOT NULL,
	"position" integer NOT NULL,
	"target" uuid NOT NULL,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "projects_agreements_record_position_pk" PRIMARY KEY("record","position"),
	CONSTRAINT "projects_agreements_once" UNIQUE("record","target")
);
--> statement-breakpoint
CREATE TABLE "assistance_programs_agreements" (
	"record" uuid NOT NULL,
	"position" integer NOT NULL,
	"target" uuid NOT NULL,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "assistance_programs_agreements_record_position_pk" PRIMARY KEY("record","position"),
	CONSTRAINT "assistance_programs_agreements_once" UNIQUE("record","target")
);
--> statement-breakpoint
ALTER TABLE "records" ADD CONSTRAINT "records_merged_into_records_id_fk" FOREIGN KEY ("merged_into") REFERENCES "public"."records"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participations" ADD CONSTRAINT "participations_country_countries_code_fk" FOREIGN KEY ("country") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participations" ADD CONSTRAINT "participations_organization_organizations_id_fk" FOREIGN KEY ("organization") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participations" ADD CONSTRAINT "participations_region_regions_code_fk" FOREIGN KEY ("region") REFERENCES "public"."regions"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participations" ADD CONSTRAINT "participations_record" FOREIGN KEY ("record","resource") REFERENCES "public"."records"("id","resource") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participation_actions" ADD CONSTRAINT "participation_actions_party" FOREIGN KEY ("record","party") REFERENCES "public"."participations"("record","position") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "topic_links" ADD CONSTRAINT "topic_links_topic_topics_slug_fk" FOREIGN KEY ("topic") REFERENCES "public"."topics"("slug") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "topic_links" ADD CONSTRAINT "topic_links_record" FOREIGN KEY ("record","resource") REFERENCES "public"."records"("id","resource") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "external_ids" ADD CONSTRAINT "external_ids_record" FOREIGN KEY ("record","resource") REFERENCES "public"."records"("id","resource") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "regions" ADD CONSTRAINT "regions_id_records_id_fk" FOREIGN KEY ("id") REFERENCES "public"."records"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "regions" ADD CONSTRAINT "regions_parent_regions_code_fk" FOREIGN KEY ("parent") REFERENCES "public"."regions"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "countries" ADD CONSTRAINT "countries_id_records_id_fk" FOREIGN KEY ("id") REFERENCES "public"."records"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "countries" ADD CONSTRAINT "countries_region_regions_code_fk" FOREIGN KEY ("region") REFERENCES "public"."regions"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "topics" ADD CONSTRAINT "topics_id_records_id_fk" FOREIGN KEY ("id") REFERENCES "public"."records"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "topics" ADD CONSTRAINT "topics_broader_topics_slug_fk" FOREIGN KEY ("broader") REFERENCES "public"."topics"("slug") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_id_records_id_fk" FOREIGN KEY ("id") REFERENCES "public"."records"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_country_countries_code_fk" FOREIGN KEY ("country") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_parent_organizations_id_fk" FOREIGN KEY ("parent") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sources" ADD CONSTRAINT "sources_id_records_id_fk" FOREIGN KEY ("id") REFERENCES "public"."records"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agreements" ADD CONSTRAINT "agreements_id_records_id_fk" FOREIGN KEY ("id") REFERENCES "public"."records"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects" ADD CONSTRAINT "projects_id_records_id_fk" FOREIGN KEY ("id") REFERENCES "public"."records"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects" ADD CONSTRAINT "projects_location_country_countries_code_fk" FOREIGN KEY ("location_country") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cooperation_bases" ADD CONSTRAINT "cooperation_bases_id_records_id_fk" FOREIGN KEY ("id") REFERENCES "public"."records"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cooperation_bases" ADD CONSTRAINT "cooperation_bases_part_of_cooperation_bases_id_fk" FOREIGN KEY ("part_of") REFERENCES "public"."cooperation_bases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cooperation_bases" ADD CONSTRAINT "cooperation_bases_host_country_countries_code_fk" FOREIGN KEY ("host_country") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cooperation_bases" ADD CONSTRAINT "cooperation_bases_host_organization_organizations_id_fk" FOREIGN KEY ("host_organization") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cooperation_bases" ADD CONSTRAINT "cooperation_bases_location_country_countries_code_fk" FOREIGN KEY ("location_country") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assistance_programs" ADD CONSTRAINT "assistance_programs_id_records_id_fk" FOREIGN KEY ("id") REFERENCES "public"."records"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assistance_programs" ADD CONSTRAINT "assistance_programs_location_country_countries_code_fk" FOREIGN KEY ("location_country") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assistance_programs" ADD CONSTRAINT "assistance_programs_crs_purpose_known" FOREIGN KEY ("crs_scheme","crs_purpose") REFERENCES "public"."topics"("scheme","code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "figures" ADD CONSTRAINT "figures_id_records_id_fk" FOREIGN KEY ("id") REFERENCES "public"."records"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "figures" ADD CONSTRAINT "figures_country_countries_code_fk" FOREIGN KEY ("country") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citations" ADD CONSTRAINT "citations_id_records_id_fk" FOREIGN KEY ("id") REFERENCES "public"."records"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citations" ADD CONSTRAINT "citations_source_sources_id_fk" FOREIGN KEY ("source") REFERENCES "public"."sources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citations" ADD CONSTRAINT "citations_cited_record" FOREIGN KEY ("cited_record","cited_resource") REFERENCES "public"."records"("id","resource") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "countries_groups" ADD CONSTRAINT "countries_groups_record_countries_id_fk" FOREIGN KEY ("record") REFERENCES "public"."countries"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "countries_groups" ADD CONSTRAINT "countries_groups_target_regions_code_fk" FOREIGN KEY ("target") REFERENCES "public"."regions"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "countries_successors" ADD CONSTRAINT "countries_successors_record_countries_id_fk" FOREIGN KEY ("record") REFERENCES "public"."countries"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "countries_successors" ADD CONSTRAINT "countries_successors_target_countries_code_fk" FOREIGN KEY ("target") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agreements_terms" ADD CONSTRAINT "agreements_terms_record_agreements_id_fk" FOREIGN KEY ("record") REFERENCES "public"."agreements"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agreements_relations" ADD CONSTRAINT "agreements_relations_record_agreements_id_fk" FOREIGN KEY ("record") REFERENCES "public"."agreements"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agreements_relations" ADD CONSTRAINT "agreements_relations_agreement_agreements_id_fk" FOREIGN KEY ("agreement") REFERENCES "public"."agreements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agreements_documents" ADD CONSTRAINT "agreements_documents_record_agreements_id_fk" FOREIGN KEY ("record") REFERENCES "public"."agreements"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects_agreements" ADD CONSTRAINT "projects_agreements_record_projects_id_fk" FOREIGN KEY ("record") REFERENCES "public"."projects"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects_agreements" ADD CONSTRAINT "projects_agreements_target_agreements_id_fk" FOREIGN KEY ("target") REFERENCES "public"."agreements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assistance_programs_agreements" ADD CONSTRAINT "assistance_programs_agreements_record_assistance_programs_id_fk" FOREIGN KEY ("record") REFERENCES "public"."assistance_programs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assistance_programs_agreements" ADD CONSTRAINT "assistance_programs_agreements_target_agreements_id_fk" FOREIGN KEY ("target") REFERENCES "public"."agreements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "idempotent_requests_created_at" ON "idempotent_requests" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "records_created_at" ON "records" USING btree ("resource","created_at","id","row_start");--> statement-breakpoint
CREATE INDEX "records_updated_at" ON "records" USING btree ("resource","updated_at","id","row_start");--> statement-breakpoint
CREATE INDEX "records_shape" ON "records" USING btree ("resource","shape");--> statement-breakpoint
CREATE INDEX "records_uncomposed" ON "records" USING btree ("id") WHERE "records"."shape" is null;--> statement-breakpoint
CREATE INDEX "records_merged_into" ON "records" USING btree ("merged_into") WHERE "records"."merged_into" is not null;--> statement-breakpoint
CREATE INDEX "revisions_feed" ON "revisions" USING btree ("transaction","sequence");--> statement-breakpoint
CREATE INDEX "revisions_resource_feed" ON "revisions" USING btree ("resource","transaction","sequence");--> statement-breakpoint
CREATE INDEX "revisions_time" ON "revisions" USING btree ("time");--> statement-breakpoint
CREATE INDEX "participations_country" ON "participations" USING btree ("country","resource","record");--> statement-breakpoint
CREATE INDEX "participations_organization" ON "participations" USING btree ("organization","resource","record");--> statement-breakpoint
CREATE INDEX "participations_region" ON "participations" USING btree ("region","resource","record");--> statement-breakpoint
CREATE INDEX "participations_role" ON "participations" USING btree ("role","resource");--> statement-breakpoint
CREATE INDEX "participations_signatory_part" ON "participations" USING gin ((lower(plain_text("signatory"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "participations_contribution_part" ON "participations" USING gin ((lower(plain_text("contribution"))) gin_trgm_ops);--> statement-breakpoint
CREATE UNIQUE INDEX "external_ids_unique" ON "external_ids" USING btree ("scheme","id","resource");--> statement-breakpoint
CREATE INDEX "external_ids_id_part" ON "external_ids" USING gin ((lower(plain_text("id"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "regions_name_part" ON "regions" USING gin ((lower(plain_text("name"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "regions_name_order" ON "regions" USING btree (("name" collate "und-x-icu"),"id","row_start");--> statement-breakpoint
CREATE INDEX "regions_kind_order" ON "regions" USING btree (("kind" collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "regions_parent" ON "regions" USING btree ("parent");--> statement-breakpoint
CREATE INDEX "regions_search" ON "regions" USING gin ("search");--> statement-breakpoint
CREATE INDEX "regions_beginning" ON "regions" USING btree ((left(lower(plain_text("name")), 200) collate "C"));--> statement-breakpoint
CREATE INDEX "regions_wide_pairs" ON "regions" USING gin ((wide_pairs(lower(plain_text(name_lines("name", null, "aliases"))))));--> statement-breakpoint
CREATE INDEX "regions_names" ON "regions" USING gin ((string_to_array(lower(plain_text(name_lines("name", null, "aliases"))), U&'\000A')));--> statement-breakpoint
CREATE INDEX "regions_names_part" ON "regions" USING gin ((lower(plain_text(name_lines("name", null, "aliases")))) gin_trgm_ops);--> statement-breakpoint
CREATE UNIQUE INDEX "countries_alpha2_unique" ON "countries" USING btree ("alpha2") WHERE valid_to is null;--> statement-breakpoint
CREATE INDEX "countries_alpha2_order" ON "countries" USING btree (("alpha2" collate "C"),"id","row_start");--> statement-breakpoint
CREATE UNIQUE INDEX "countries_numeric_unique" ON "countries" USING btree ("numeric") WHERE valid_to is null;--> statement-breakpoint
CREATE INDEX "countries_numeric_order" ON "countries" USING btree ((coalesce("numeric", U&'\+10FFFF') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "countries_numeric_order_desc" ON "countries" USING btree ((coalesce("numeric", '') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "countries_name_part" ON "countries" USING gin ((lower(plain_text("name"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "countries_name_order" ON "countries" USING btree (("name" collate "und-x-icu"),"id","row_start");--> statement-breakpoint
CREATE INDEX "countries_official_name_part" ON "countries" USING gin ((lower(plain_text("official_name"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "countries_official_name_order" ON "countries" USING btree ((coalesce("official_name", U&'\FFFF') collate "und-x-icu"),"id","row_start");--> statement-breakpoint
CREATE INDEX "countries_official_name_order_desc" ON "countries" USING btree ((coalesce("official_name", '') collate "und-x-icu"),"id","row_start");--> statement-breakpoint
CREATE INDEX "countries_region" ON "countries" USING btree ("region");--> statement-breakpoint
CREATE INDEX "countries_valid_from_order" ON "countries" USING btree ((coalesce("valid_from_earliest", 'infinity'::date)),"id","row_start");--> statement-breakpoint
CREATE INDEX "countries_valid_from_order_desc" ON "countries" USING btree ((case when "valid_from_earliest" is null then '-infinity'::date else greatest("valid_from_earliest", '4713-11-24 BC'::date) end),"id","row_start");--> statement-breakpoint
CREATE INDEX "countries_valid_from_span" ON "countries" USING gist ((edtf_span("valid_from_earliest", "valid_from_latest"))) WHERE "countries"."valid_from_earliest" is not null;--> statement-breakpoint
CREATE INDEX "countries_valid_to_order" ON "countries" USING btree ((coalesce("valid_to_earliest", 'infinity'::date)),"id","row_start");--> statement-breakpoint
CREATE INDEX "countries_valid_to_order_desc" ON "countries" USING btree ((case when "valid_to_earliest" is null then '-infinity'::date else greatest("valid_to_earliest", '4713-11-24 BC'::date) end),"id","row_start");--> statement-breakpoint
CREATE INDEX "countries_valid_to_span" ON "countries" USING gist ((edtf_span("valid_to_earliest", "valid_to_latest"))) WHERE "countries"."valid_to_earliest" is not null;--> statement-breakpoint
CREATE INDEX "countries_search" ON "countries" USING gin ("search");--> statement-breakpoint
CREATE INDEX "countries_beginning" ON "countries" USING btree ((left(lower(plain_text("name")), 200) collate "C"));--> statement-breakpoint
CREATE INDEX "countries_wide_pairs" ON "countries" USING gin ((wide_pairs(lower(plain_text(name_lines("name", "official_name", "aliases"))))));--> statement-breakpoint
CREATE INDEX "countries_names" ON "countries" USING gin ((string_to_array(lower(plain_text(name_lines("name", "official_name", "aliases"))), U&'\000A')));--> statement-breakpoint
CREATE INDEX "countries_names_part" ON "countries" USING gin ((lower(plain_text(name_lines("name", "official_name", "aliases")))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "topics_name_part" ON "topics" USING gin ((lower(plain_text("name"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "topics_name_order" ON "topics" USING btree (("name" collate "und-x-icu"),"id","row_start");--> statement-breakpoint
CREATE INDEX "topics_scheme_order" ON "topics" USING btree (("scheme" collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "topics_code_order" ON "topics" USING btree ((coalesce("code", U&'\+10FFFF') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "topics_code_order_desc" ON "topics" USING btree ((coalesce("code", '') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "topics_broader" ON "topics" USING btree ("broader");--> statement-breakpoint
CREATE INDEX "topics_search" ON "topics" USING gin ("search");--> statement-breakpoint
CREATE INDEX "topics_beginning" ON "topics" USING btree ((left(lower(plain_text("name")), 200) collate "C"));--> statement-breakpoint
CREATE INDEX "topics_wide_pairs" ON "topics" USING gin ((wide_pairs(lower(plain_text(name_lines("name", null, "aliases"))))));--> statement-breakpoint
CREATE INDEX "topics_names" ON "topics" USING gin ((string_to_array(lower(plain_text(name_lines("name", null, "aliases"))), U&'\000A')));--> statement-breakpoint
CREATE INDEX "topics_names_part" ON "topics" USING gin ((lower(plain_text(name_lines("name", null, "aliases")))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "organizations_name_part" ON "organizations" USING gin ((lower(plain_text("name"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "organizations_name_order" ON "organizations" USING btree (("name" collate "und-x-icu"),"id","row_start");--> statement-breakpoint
CREATE INDEX "organizations_acronym_part" ON "organizations" USING gin ((lower(plain_text("acronym"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "organizations_acronym_order" ON "organizations" USING btree ((coalesce("acronym", U&'\FFFF') collate "und-x-icu"),"id","row_start");--> statement-breakpoint
CREATE INDEX "organizations_acronym_order_desc" ON "organizations" USING btree ((coalesce("acronym", '') collate "und-x-icu"),"id","row_start");--> statement-breakpoint
CREATE INDEX "organizations_type_order" ON "organizations" USING btree (("type" collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "organizations_country" ON "organizations" USING btree ("country");--> statement-breakpoint
CREATE INDEX "organizations_country_order" ON "organizations" USING btree ((coalesce("country", U&'\+10FFFF') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "organizations_country_order_desc" ON "organizations" USING btree ((coalesce("country", '') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "organizations_parent" ON "organizations" USING btree ("parent");--> statement-breakpoint
CREATE UNIQUE INDEX "organizations_ror_unique" ON "organizations" USING btree ("ror");--> statement-breakpoint
CREATE INDEX "organizations_search" ON "organizations" USING gin ("search");--> statement-breakpoint
CREATE INDEX "organizations_beginning" ON "organizations" USING btree ((left(lower(plain_text("name")), 200) collate "C"));--> statement-breakpoint
CREATE INDEX "organizations_wide_pairs" ON "organizations" USING gin ((wide_pairs(lower(plain_text(name_lines("name", "acronym", "aliases"))))));--> statement-breakpoint
CREATE INDEX "organizations_names" ON "organizations" USING gin ((string_to_array(lower(plain_text(name_lines("name", "acronym", "aliases"))), U&'\000A')));--> statement-breakpoint
CREATE INDEX "organizations_names_part" ON "organizations" USING gin ((lower(plain_text(name_lines("name", "acronym", "aliases")))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "sources_title_part" ON "sources" USING gin ((lower(plain_text("title"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "sources_title_order" ON "sources" USING btree (("title" collate "und-x-icu"),"id","row_start");--> statement-breakpoint
CREATE INDEX "sources_kind_order" ON "sources" USING btree (("kind" collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "sources_publisher_part" ON "sources" USING gin ((lower(plain_text("publisher"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "sources_publisher_order" ON "sources" USING btree ((coalesce("publisher", U&'\FFFF') collate "und-x-icu"),"id","row_start");--> statement-breakpoint
CREATE INDEX "sources_publisher_order_desc" ON "sources" USING btree ((coalesce("publisher", '') collate "und-x-icu"),"id","row_start");--> statement-breakpoint
CREATE INDEX "sources_author_part" ON "sources" USING gin ((lower(plain_text("author"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "sources_interviewee_part" ON "sources" USING gin ((lower(plain_text("interviewee"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "sources_published_on_order" ON "sources" USING btree ((coalesce("published_on_earliest", 'infinity'::date)),"id","row_start");--> statement-breakpoint
CREATE INDEX "sources_published_on_order_desc" ON "sources" USING btree ((case when "published_on_earliest" is null then '-infinity'::date else greatest("published_on_earliest", '4713-11-24 BC'::date) end),"id","row_start");--> statement-breakpoint
CREATE INDEX "sources_published_on_span" ON "sources" USING gist ((edtf_span("published_on_earliest", "published_on_latest"))) WHERE "sources"."published_on_earliest" is not null;--> statement-breakpoint
CREATE INDEX "sources_occasion_part" ON "sources" USING gin ((lower(plain_text("occasion"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "sources_language" ON "sources" USING btree ("language");--> statement-breakpoint
CREATE INDEX "sources_accessed_on_order" ON "sources" USING btree ((coalesce("accessed_on_earliest", 'infinity'::date)),"id","row_start");--> statement-breakpoint
CREATE INDEX "sources_accessed_on_order_desc" ON "sources" USING btree ((case when "accessed_on_earliest" is null then '-infinity'::date else greatest("accessed_on_earliest", '4713-11-24 BC'::date) end),"id","row_start");--> statement-breakpoint
CREATE INDEX "sources_accessed_on_span" ON "sources" USING gist ((edtf_span("accessed_on_earliest", "accessed_on_latest"))) WHERE "sources"."accessed_on_earliest" is not null;--> statement-breakpoint
CREATE INDEX "sources_context_part" ON "sources" USING gin ((lower(plain_text("context"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "sources_search" ON "sources" USING gin ("search");--> statement-breakpoint
CREATE INDEX "sources_beginning" ON "sources" USING btree ((left(lower(plain_text("title")), 200) collate "C"));--> statement-breakpoint
CREATE INDEX "sources_wide_pairs" ON "sources" USING gin ((wide_pairs(lower(plain_text("title")))));--> statement-breakpoint
CREATE INDEX "agreements_title_part" ON "agreements" USING gin ((lower(plain_text("title"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "agreements_title_order" ON "agreements" USING btree (("title" collate "und-x-icu"),"id","row_start");--> statement-breakpoint
CREATE INDEX "agreements_kind_order" ON "agreements" USING btree (("kind" collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "agreements_level_order" ON "agreements" USING btree ((coalesce("level", U&'\+10FFFF') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "agreements_level_order_desc" ON "agreements" USING btree ((coalesce("level", '') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "agreements_status_order" ON "agreements" USING btree ((coalesce("status", U&'\+10FFFF') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "agreements_status_order_desc" ON "agreements" USING btree ((coalesce("status", '') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "agreements_signed_on_order" ON "agreements" USING btree ((coalesce("signed_on_earliest", 'infinity'::date)),"id","row_start");--> statement-breakpoint
CREATE INDEX "agreements_signed_on_order_desc" ON "agreements" USING btree ((case when "signed_on_earliest" is null then '-infinity'::date else greatest("signed_on_earliest", '4713-11-24 BC'::date) end),"id","row_start");--> statement-breakpoint
CREATE INDEX "agreements_signed_on_span" ON "agreements" USING gist ((edtf_span("signed_on_earliest", "signed_on_latest"))) WHERE "agreements"."signed_on_earliest" is not null;--> statement-breakpoint
CREATE INDEX "agreements_provisional_from_order" ON "agreements" USING btree ((coalesce("provisional_from_earliest", 'infinity'::date)),"id","row_start");--> statement-breakpoint
CREATE INDEX "agreements_provisional_from_order_desc" ON "agreements" USING btree ((case when "provisional_from_earliest" is null then '-infinity'::date else greatest("provisional_from_earliest", '4713-11-24 BC'::date) end),"id","row_start");--> statement-breakpoint
CREATE INDEX "agreements_provisional_from_span" ON "agreements" USING gist ((edtf_span("provisional_from_earliest", "provisional_from_latest"))) WHERE "agreements"."provisional_from_earliest" is not null;--> statement-breakpoint
CREATE INDEX "agreements_in_force_from_order" ON "agreements" USING btree ((coalesce("in_force_from_earliest", 'infinity'::date)),"id","row_start");--> statement-breakpoint
CREATE INDEX "agreements_in_force_from_order_desc" ON "agreements" USING btree ((case when "in_force_from_earliest" is null then '-infinity'::date else greatest("in_force_from_earliest", '4713-11-24 BC'::date) end),"id","row_start");--> statement-breakpoint
CREATE INDEX "agreements_in_force_from_span" ON "agreements" USING gist ((edtf_span("in_force_from_earliest", "in_force_from_latest"))) WHERE "agreements"."in_force_from_earliest" is not null;--> statement-breakpoint
CREATE INDEX "agreements_expires_on_order" ON "agreements" USING btree ((coalesce("expires_on_earliest", 'infinity'::date)),"id","row_start");--> statement-breakpoint
CREATE INDEX "agreements_expires_on_order_desc" ON "agreements" USING btree ((case when "expires_on_earliest" is null then '-infinity'::date else greatest("expires_on_earliest", '4713-11-24 BC'::date) end),"id","row_start");--> statement-breakpoint
CREATE INDEX "agreements_expires_on_span" ON "agreements" USING gist ((edtf_span("expires_on_earliest", "expires_on_latest"))) WHERE "agreements"."expires_on_earliest" is not null;--> statement-breakpoint
CREATE INDEX "agreements_terminated_on_order" ON "agreements" USING btree ((coalesce("terminated_on_earliest", 'infinity'::date)),"id","row_start");--> statement-breakpoint
CREATE INDEX "agreements_terminated_on_order_desc" ON "agreements" USING btree ((case when "terminated_on_earliest" is null then '-infinity'::date else greatest("terminated_on_earliest", '4713-11-24 BC'::date) end),"id","row_start");--> statement-breakpoint
CREATE INDEX "agreements_terminated_on_span" ON "agreements" USING gist ((edtf_span("terminated_on_earliest", "terminated_on_latest"))) WHERE "agreements"."terminated_on_earliest" is not null;--> statement-breakpoint
CREATE INDEX "agreements_renewal" ON "agreements" USING btree ("renewal");--> statement-breakpoint
CREATE INDEX "agreements_place_part" ON "agreements" USING gin ((lower(plain_text("place"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "agreements_occasion_part" ON "agreements" USING gin ((lower(plain_text("occasion"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "agreements_summary_part" ON "agreements" USING gin ((lower(plain_text("summary"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "agreements_languages" ON "agreements" USING gin ("languages");--> statement-breakpoint
CREATE INDEX "agreements_search" ON "agreements" USING gin ("search");--> statement-breakpoint
CREATE INDEX "agreements_beginning" ON "agreements" USING btree ((left(lower(plain_text("title")), 200) collate "C"));--> statement-breakpoint
CREATE INDEX "agreements_wide_pairs" ON "agreements" USING gin ((wide_pairs(lower(plain_text("title")))));--> statement-breakpoint
CREATE INDEX "projects_title_part" ON "projects" USING gin ((lower(plain_text("title"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "projects_title_order" ON "projects" USING btree (("title" collate "und-x-icu"),"id","row_start");--> statement-breakpoint
CREATE INDEX "projects_kind_order" ON "projects" USING btree (("kind" collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "projects_status_order" ON "projects" USING btree ((coalesce("status", U&'\+10FFFF') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "projects_status_order_desc" ON "projects" USING btree ((coalesce("status", '') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "projects_starts_on_order" ON "projects" USING btree ((coalesce("starts_on_earliest", 'infinity'::date)),"id","row_start");--> statement-breakpoint
CREATE INDEX "projects_starts_on_order_desc" ON "projects" USING btree ((case when "starts_on_earliest" is null then '-infinity'::date else greatest("starts_on_earliest", '4713-11-24 BC'::date) end),"id","row_start");--> statement-breakpoint
CREATE INDEX "projects_starts_on_span" ON "projects" USING gist ((edtf_span("starts_on_earliest", "starts_on_latest"))) WHERE "projects"."starts_on_earliest" is not null;--> statement-breakpoint
CREATE INDEX "projects_ends_on_order" ON "projects" USING btree ((coalesce("ends_on_earliest", 'infinity'::date)),"id","row_start");--> statement-breakpoint
CREATE INDEX "projects_ends_on_order_desc" ON "projects" USING btree ((case when "ends_on_earliest" is null then '-infinity'::date else greatest("ends_on_earliest", '4713-11-24 BC'::date) end),"id","row_start");--> statement-breakpoint
CREATE INDEX "projects_ends_on_span" ON "projects" USING gist ((edtf_span("ends_on_earliest", "ends_on_latest"))) WHERE "projects"."ends_on_earliest" is not null;--> statement-breakpoint
CREATE INDEX "projects_summary_part" ON "projects" USING gin ((lower(plain_text("summary"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "projects_outcomes_part" ON "projects" USING gin ((lower(plain_text("outcomes"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "projects_location_country" ON "projects" USING btree ("location_country");--> statement-breakpoint
CREATE INDEX "projects_budget_order" ON "projects" USING btree ((coalesce("budget_amount", 'Infinity'::numeric)),"id","row_start");--> statement-breakpoint
CREATE INDEX "projects_budget_order_desc" ON "projects" USING btree ((coalesce("budget_amount", '-Infinity'::numeric)),"id","row_start");--> statement-breakpoint
CREATE INDEX "projects_budget_currency" ON "projects" USING btree ("budget_currency");--> statement-breakpoint
CREATE INDEX "projects_search" ON "projects" USING gin ("search");--> statement-breakpoint
CREATE INDEX "projects_beginning" ON "projects" USING btree ((left(lower(plain_text("title")), 200) collate "C"));--> statement-breakpoint
CREATE INDEX "projects_wide_pairs" ON "projects" USING gin ((wide_pairs(lower(plain_text("title")))));--> statement-breakpoint
CREATE INDEX "cooperation_bases_name_part" ON "cooperation_bases" USING gin ((lower(plain_text("name"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "cooperation_bases_name_order" ON "cooperation_bases" USING btree (("name" collate "und-x-icu"),"id","row_start");--> statement-breakpoint
CREATE INDEX "cooperation_bases_kind_order" ON "cooperation_bases" USING btree (("kind" collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "cooperation_bases_level_order" ON "cooperation_bases" USING btree ((coalesce("level", U&'\+10FFFF') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "cooperation_bases_level_order_desc" ON "cooperation_bases" USING btree ((coalesce("level", '') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "cooperation_bases_status_order" ON "cooperation_bases" USING btree ((coalesce("status", U&'\+10FFFF') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "cooperation_bases_status_order_desc" ON "cooperation_bases" USING btree ((coalesce("status", '') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "cooperation_bases_designated_on_order" ON "cooperation_bases" USING btree ((coalesce("designated_on_earliest", 'infinity'::date)),"id","row_start");--> statement-breakpoint
CREATE INDEX "cooperation_bases_designated_on_order_desc" ON "cooperation_bases" USING btree ((case when "designated_on_earliest" is null then '-infinity'::date else greatest("designated_on_earliest", '4713-11-24 BC'::date) end),"id","row_start");--> statement-breakpoint
CREATE INDEX "cooperation_bases_designated_on_span" ON "cooperation_bases" USING gist ((edtf_span("designated_on_earliest", "designated_on_latest"))) WHERE "cooperation_bases"."designated_on_earliest" is not null;--> statement-breakpoint
CREATE INDEX "cooperation_bases_summary_part" ON "cooperation_bases" USING gin ((lower(plain_text("summary"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "cooperation_bases_unit_count_order" ON "cooperation_bases" USING btree ((("unit_count")::numeric),"id","row_start");--> statement-breakpoint
CREATE INDEX "cooperation_bases_unit_count_qualifier_order" ON "cooperation_bases" USING btree (("unit_count_qualifier" collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "cooperation_bases_part_of" ON "cooperation_bases" USING btree ("part_of");--> statement-breakpoint
CREATE INDEX "cooperation_bases_host_country" ON "cooperation_bases" USING btree ("host_country");--> statement-breakpoint
CREATE INDEX "cooperation_bases_host_country_order" ON "cooperation_bases" USING btree ((coalesce("host_country", U&'\+10FFFF') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "cooperation_bases_host_country_order_desc" ON "cooperation_bases" USING btree ((coalesce("host_country", '') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "cooperation_bases_host_organization" ON "cooperation_bases" USING btree ("host_organization");--> statement-breakpoint
CREATE INDEX "cooperation_bases_location_country" ON "cooperation_bases" USING btree ("location_country");--> statement-breakpoint
CREATE INDEX "cooperation_bases_search" ON "cooperation_bases" USING gin ("search");--> statement-breakpoint
CREATE INDEX "cooperation_bases_beginning" ON "cooperation_bases" USING btree ((left(lower(plain_text("name")), 200) collate "C"));--> statement-breakpoint
CREATE INDEX "cooperation_bases_wide_pairs" ON "cooperation_bases" USING gin ((wide_pairs(lower(plain_text("name")))));--> statement-breakpoint
CREATE INDEX "assistance_programs_title_part" ON "assistance_programs" USING gin ((lower(plain_text("title"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "assistance_programs_title_order" ON "assistance_programs" USING btree (("title" collate "und-x-icu"),"id","row_start");--> statement-breakpoint
CREATE INDEX "assistance_programs_modality_order" ON "assistance_programs" USING btree (("modality" collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "assistance_programs_status_order" ON "assistance_programs" USING btree ((coalesce("status", U&'\+10FFFF') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "assistance_programs_status_order_desc" ON "assistance_programs" USING btree ((coalesce("status", '') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "assistance_programs_starts_on_order" ON "assistance_programs" USING btree ((coalesce("starts_on_earliest", 'infinity'::date)),"id","row_start");--> statement-breakpoint
CREATE INDEX "assistance_programs_starts_on_order_desc" ON "assistance_programs" USING btree ((case when "starts_on_earliest" is null then '-infinity'::date else greatest("starts_on_earliest", '4713-11-24 BC'::date) end),"id","row_start");--> statement-breakpoint
CREATE INDEX "assistance_programs_starts_on_span" ON "assistance_programs" USING gist ((edtf_span("starts_on_earliest", "starts_on_latest"))) WHERE "assistance_programs"."starts_on_earliest" is not null;--> statement-breakpoint
CREATE INDEX "assistance_programs_ends_on_order" ON "assistance_programs" USING btree ((coalesce("ends_on_earliest", 'infinity'::date)),"id","row_start");--> statement-breakpoint
CREATE INDEX "assistance_programs_ends_on_order_desc" ON "assistance_programs" USING btree ((case when "ends_on_earliest" is null then '-infinity'::date else greatest("ends_on_earliest", '4713-11-24 BC'::date) end),"id","row_start");--> statement-breakpoint
CREATE INDEX "assistance_programs_ends_on_span" ON "assistance_programs" USING gist ((edtf_span("ends_on_earliest", "ends_on_latest"))) WHERE "assistance_programs"."ends_on_earliest" is not null;--> statement-breakpoint
CREATE INDEX "assistance_programs_summary_part" ON "assistance_programs" USING gin ((lower(plain_text("summary"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "assistance_programs_location_country" ON "assistance_programs" USING btree ("location_country");--> statement-breakpoint
CREATE INDEX "assistance_programs_commitment_order" ON "assistance_programs" USING btree ((coalesce("commitment_amount", 'Infinity'::numeric)),"id","row_start");--> statement-breakpoint
CREATE INDEX "assistance_programs_commitment_order_desc" ON "assistance_programs" USING btree ((coalesce("commitment_amount", '-Infinity'::numeric)),"id","row_start");--> statement-breakpoint
CREATE INDEX "assistance_programs_commitment_currency" ON "assistance_programs" USING btree ("commitment_currency");--> statement-breakpoint
CREATE INDEX "assistance_programs_aid_type" ON "assistance_programs" USING btree ("aid_type");--> statement-breakpoint
CREATE INDEX "assistance_programs_crs_purpose" ON "assistance_programs" USING btree ("crs_purpose");--> statement-breakpoint
CREATE INDEX "assistance_programs_search" ON "assistance_programs" USING gin ("search");--> statement-breakpoint
CREATE INDEX "assistance_programs_beginning" ON "assistance_programs" USING btree ((left(lower(plain_text("title")), 200) collate "C"));--> statement-breakpoint
CREATE INDEX "assistance_programs_wide_pairs" ON "assistance_programs" USING gin ((wide_pairs(lower(plain_text("title")))));--> statement-breakpoint
CREATE INDEX "figures_indicator_order" ON "figures" USING btree (("indicator" collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "figures_title_part" ON "figures" USING gin ((lower(plain_text("title"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "figures_title_order" ON "figures" USING btree (("title" collate "und-x-icu"),"id","row_start");--> statement-breakpoint
CREATE INDEX "figures_value_order" ON "figures" USING btree (("value"),"id","row_start");--> statement-breakpoint
CREATE INDEX "figures_qualifier_order" ON "figures" USING btree (("qualifier" collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "figures_unit_part" ON "figures" USING gin ((lower(plain_text("unit"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "figures_country" ON "figures" USING btree ("country");--> statement-breakpoint
CREATE INDEX "figures_as_of_order" ON "figures" USING btree ((coalesce("as_of_earliest", 'infinity'::date)),"id","row_start");--> statement-breakpoint
CREATE INDEX "figures_as_of_order_desc" ON "figures" USING btree ((case when "as_of_earliest" is null then '-infinity'::date else greatest("as_of_earliest", '4713-11-24 BC'::date) end),"id","row_start");--> statement-breakpoint
CREATE INDEX "figures_as_of_span" ON "figures" USING gist ((edtf_span("as_of_earliest", "as_of_latest"))) WHERE "figures"."as_of_earliest" is not null;--> statement-breakpoint
CREATE INDEX "figures_search" ON "figures" USING gin ("search");--> statement-breakpoint
CREATE INDEX "figures_beginning" ON "figures" USING btree ((left(lower(plain_text("title")), 200) collate "C"));--> statement-breakpoint
CREATE INDEX "figures_wide_pairs" ON "figures" USING gin ((wide_pairs(lower(plain_text("title")))));--> statement-breakpoint
CREATE INDEX "citations_source" ON "citations" USING btree ("source");--> statement-breakpoint
CREATE INDEX "citations_cited_record" ON "citations" USING btree ("cited_record");--> statement-breakpoint
CREATE INDEX "citations_cited_resource" ON "citations" USING btree ("cited_resource");--> statement-breakpoint
CREATE INDEX "citations_property_order" ON "citations" USING btree ((coalesce("property", U&'\+10FFFF') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "citations_property_order_desc" ON "citations" USING btree ((coalesce("property", '') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "citations_paragraph_order" ON "citations" USING btree ((coalesce("paragraph", U&'\FFFF') collate "und-x-icu"),"id","row_start");--> statement-breakpoint
CREATE INDEX "citations_paragraph_order_desc" ON "citations" USING btree ((coalesce("paragraph", '') collate "und-x-icu"),"id","row_start");--> statement-breakpoint
CREATE INDEX "citations_paragraph" ON "citations" USING btree ("paragraph");--> statement-breakpoint
CREATE INDEX "citations_page" ON "citations" USING btree ("page");--> statement-breakpoint
CREATE INDEX "citations_excerpt_part" ON "citations" USING gin ((lower(plain_text("excerpt"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "citations_note_part" ON "citations" USING gin ((lower(plain_text("note"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "citations_rank_order" ON "citations" USING btree (("rank" collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "citations_search" ON "citations" USING gin ("search");--> statement-breakpoint
CREATE INDEX "citations_beginning" ON "citations" USING btree ((left(lower(plain_text("excerpt")), 200) collate "C"));--> statement-breakpoint
CREATE INDEX "citations_wide_pairs" ON "citations" USING gin ((wide_pairs(lower(plain_text("excerpt")))));--> statement-breakpoint
CREATE INDEX "countries_groups_target" ON "countries_groups" USING btree ("target");--> statement-breakpoint
CREATE INDEX "countries_successors_target" ON "countries_successors" USING btree ("target");--> statement-breakpoint
CREATE INDEX "agreements_relations_kind" ON "agreements_relations" USING btree ("kind");--> statement-breakpoint
CREATE INDEX "agreements_relations_agreement" ON "agreements_relations" USING btree ("agreement");--> statement-breakpoint
CREATE INDEX "agreements_documents_title_part" ON "agreements_documents" USING gin ((lower(plain_text("title"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "agreements_documents_language" ON "agreements_documents" USING btree ("language");--> statement-breakpoint
CREATE INDEX "projects_agreements_target" ON "projects_agreements" USING btree ("target");--> statement-breakpoint
CREATE INDEX "assistance_programs_agreements_target" ON "assistance_programs_agreements" USING btree ("target");
