CREATE TABLE "agreement_documents" (
	"agreement_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"title" text NOT NULL,
	"url" text,
	"language" text,
	CONSTRAINT "agreement_documents_agreement_id_position_pk" PRIMARY KEY("agreement_id","position"),
	CONSTRAINT "agreement_documents_title_filled" CHECK ("agreement_documents"."title" <> '' and "agreement_documents"."title" = btrim("agreement_documents"."title"))
);
--> statement-breakpoint
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
--> statement-breakpoint
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
--> statement-breakpoint
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
	CONSTRAINT "agreements_kind_known" CHECK ("agreements"."kind" in ('treaty', 'agreement', 'protocol', 'memorandum_of_understanding', 'joint_statement', 'strategic_partnership', 'cooperation_documents', 'dialogue_outcome', 'exchange_of_notes', 'other')),
	CONSTRAINT "agreements_level_known" CHECK ("agreements"."level" in ('intergovernmental', 'interagency', 'institutional')),
	CONSTRAINT "agreements_status_known" CHECK ("agreements"."status" in ('negotiating', 'signed', 'in_force', 'suspended', 'expired', 'terminated', 'superseded')),
	CONSTRAINT "agreements_renewal_known" CHECK ("agreements"."renewal" in ('none', 'automatic', 'by_consent'))
);
--> statement-breakpoint
CREATE TABLE "assistance_program_agreements" (
	"assistance_program_id" uuid NOT NULL,
	"agreement_id" uuid NOT NULL,
	"position" integer NOT NULL,
	CONSTRAINT "assistance_program_agreements_assistance_program_id_agreement_id_pk" PRIMARY KEY("assistance_program_id","agreement_id")
);
--> statement-breakpoint
CREATE TABLE "assistance_programs" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
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
	"latitude" double precision,
	"longitude" double precision,
	"elevation_metres" double precision,
	"commitment_amount" numeric(15, 2),
	"commitment_currency" text,
	"aid_type" text,
	"crs_purpose" text,
	"crs_scheme" text GENERATED ALWAYS AS ('crs'::text) STORED,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(title)), 'A') || setweight(to_tsvector('english', plain_text(summary)), 'B') || setweight(to_tsvector('english', plain_text(location_name)), 'B')) STORED,
	CONSTRAINT "assistance_programs_title_filled" CHECK ("assistance_programs"."title" <> '' and "assistance_programs"."title" = btrim("assistance_programs"."title")),
	CONSTRAINT "assistance_programs_modality_known" CHECK ("assistance_programs"."modality" in ('high_tech_zone', 'national_library', 'research_capacity', 'training', 'joint_research', 'demonstration_zone', 'data_service', 'environment', 'infrastructure', 'other')),
	CONSTRAINT "assistance_programs_status_known" CHECK ("assistance_programs"."status" in ('pipeline', 'implementation', 'finalisation', 'closed', 'cancelled', 'suspended')),
	CONSTRAINT "assistance_programs_aid_type_known" CHECK ("assistance_programs"."aid_type" in ('A01', 'A02', 'B01', 'B02', 'B021', 'B022', 'B03', 'B031', 'B032', 'B033', 'B04', 'C01', 'D01', 'D02', 'E01', 'E02', 'F01', 'G01', 'H01', 'H02', 'H03', 'H04', 'H05', 'H06')),
	CONSTRAINT "assistance_programs_coordinates_range" CHECK ("assistance_programs"."latitude" between -90 and 90 and "assistance_programs"."longitude" between -180 and 180),
	CONSTRAINT "assistance_programs_coordinates_pair" CHECK (num_nulls("assistance_programs"."latitude", "assistance_programs"."longitude") <> 1),
	CONSTRAINT "assistance_programs_elevation_range" CHECK ("assistance_programs"."elevation_metres" between -12000 and 9000),
	CONSTRAINT "assistance_programs_commitment_valid" CHECK (num_nulls("assistance_programs"."commitment_amount", "assistance_programs"."commitment_currency") <> 1 and "assistance_programs"."commitment_amount" >= 0 and "assistance_programs"."commitment_amount" < 10000000000000 and "assistance_programs"."commitment_currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
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
--> statement-breakpoint
CREATE TABLE "cooperation_bases" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
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
	"latitude" double precision,
	"longitude" double precision,
	"elevation_metres" double precision,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(name)), 'A') || setweight(to_tsvector('english', plain_text(summary)), 'B') || setweight(to_tsvector('english', plain_text(location_name)), 'B')) STORED,
	CONSTRAINT "cooperation_bases_name_filled" CHECK ("cooperation_bases"."name" <> '' and "cooperation_bases"."name" = btrim("cooperation_bases"."name")),
	CONSTRAINT "cooperation_bases_kind_known" CHECK ("cooperation_bases"."kind" in ('international_innovation_zone', 'joint_research_centre', 'st_cooperation_base', 'overseas_joint_research_entity', 'observatory', 'ground_station', 'other')),
	CONSTRAINT "cooperation_bases_level_known" CHECK ("cooperation_bases"."level" in ('state', 'provincial', 'municipal', 'institutional')),
	CONSTRAINT "cooperation_bases_status_known" CHECK ("cooperation_bases"."status" in ('planned', 'active', 'suspended', 'closed')),
	CONSTRAINT "cooperation_bases_qualifier_known" CHECK ("cooperation_bases"."unit_count_qualifier" in ('exact', 'about', 'more_than', 'at_least', 'less_than')),
	CONSTRAINT "cooperation_bases_unit_count_positive" CHECK ("cooperation_bases"."unit_count" >= 1),
	CONSTRAINT "cooperation_bases_coordinates_range" CHECK ("cooperation_bases"."latitude" between -90 and 90 and "cooperation_bases"."longitude" between -180 and 180),
	CONSTRAINT "cooperation_bases_coordinates_pair" CHECK (num_nulls("cooperation_bases"."latitude", "cooperation_bases"."longitude") <> 1),
	CONSTRAINT "cooperation_bases_elevation_range" CHECK ("cooperation_bases"."elevation_metres" between -12000 and 9000)
);
--> statement-breakpoint
CREATE TABLE "countries" (
	"code" text PRIMARY KEY NOT NULL,
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
--> statement-breakpoint
CREATE TABLE "country_groups" (
	"country" text NOT NULL,
	"group" text NOT NULL,
	"position" integer NOT NULL,
	CONSTRAINT "country_groups_country_group_pk" PRIMARY KEY("country","group")
);
--> statement-breakpoint
CREATE TABLE "country_successors" (
	"country" text NOT NULL,
	"successor" text NOT NULL,
	"position" integer NOT NULL,
	CONSTRAINT "country_successors_country_successor_pk" PRIMARY KEY("country","successor"),
	CONSTRAINT "country_successors_other" CHECK ("country_successors"."country" <> "country_successors"."successor")
);
--> statement-breakpoint
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
--> statement-breakpoint
CREATE TABLE "figures" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
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
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(title)), 'A') || setweight(to_tsvector('english', plain_text(unit)), 'B')) STORED,
	CONSTRAINT "figures_indicator_form" CHECK ("figures"."indicator" ~ '^[a-z][a-z0-9]*(_[a-z0-9]+)*$'),
	CONSTRAINT "figures_title_filled" CHECK ("figures"."title" <> '' and "figures"."title" = btrim("figures"."title")),
	CONSTRAINT "figures_unit_filled" CHECK ("figures"."unit" <> '' and "figures"."unit" = btrim("figures"."unit")),
	CONSTRAINT "figures_qualifier_known" CHECK ("figures"."qualifier" in ('exact', 'about', 'more_than', 'at_least', 'less_than'))
);
--> statement-breakpoint
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
--> statement-breakpoint
CREATE TABLE "participation_actions" (
	"participation_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"kind" text NOT NULL,
	"date" text,
	"date_earliest" date GENERATED ALWAYS AS (edtf_earliest(date)) STORED,
	"date_latest" date GENERATED ALWAYS AS (edtf_latest(date)) STORED,
	"note" text,
	CONSTRAINT "participation_actions_participation_id_position_pk" PRIMARY KEY("participation_id","position"),
	CONSTRAINT "participation_actions_kind_known" CHECK ("participation_actions"."kind" in ('signed', 'ratified', 'accepted', 'approved', 'acceded', 'notified', 'withdrew', 'other'))
);
--> statement-breakpoint
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
--> statement-breakpoint
CREATE TABLE "project_agreements" (
	"project_id" uuid NOT NULL,
	"agreement_id" uuid NOT NULL,
	"position" integer NOT NULL,
	CONSTRAINT "project_agreements_project_id_agreement_id_pk" PRIMARY KEY("project_id","agreement_id")
);
--> statement-breakpoint
CREATE TABLE "projects" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
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
	"latitude" double precision,
	"longitude" double precision,
	"elevation_metres" double precision,
	"budget_amount" numeric(15, 2),
	"budget_currency" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(title)), 'A') || setweight(to_tsvector('english', plain_text(summary)), 'B') || setweight(to_tsvector('english', plain_text(outcomes)), 'B') || setweight(to_tsvector('english', plain_text(location_name)), 'B')) STORED,
	CONSTRAINT "projects_title_filled" CHECK ("projects"."title" <> '' and "projects"."title" = btrim("projects"."title")),
	CONSTRAINT "projects_kind_known" CHECK ("projects"."kind" in ('mega_science', 'joint_research', 'technology_development', 'joint_centre', 'observatory', 'infrastructure', 'other')),
	CONSTRAINT "projects_status_known" CHECK ("projects"."status" in ('pipeline', 'implementation', 'finalisation', 'closed', 'cancelled', 'suspended')),
	CONSTRAINT "projects_coordinates_range" CHECK ("projects"."latitude" between -90 and 90 and "projects"."longitude" between -180 and 180),
	CONSTRAINT "projects_coordinates_pair" CHECK (num_nulls("projects"."latitude", "projects"."longitude") <> 1),
	CONSTRAINT "projects_elevation_range" CHECK ("projects"."elevation_metres" between -12000 and 9000),
	CONSTRAINT "projects_budget_valid" CHECK (num_nulls("projects"."budget_amount", "projects"."budget_currency") <> 1 and "projects"."budget_amount" >= 0 and "projects"."budget_amount" < 10000000000000 and "projects"."budget_currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
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
--> statement-breakpoint
CREATE TABLE "settings" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL
);
--> statement-breakpoint
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
--> statement-breakpoint
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
--> statement-breakpoint
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
--> statement-breakpoint
ALTER TABLE "agreement_documents" ADD CONSTRAINT "agreement_documents_agreement_id_agreements_id_fk" FOREIGN KEY ("agreement_id") REFERENCES "public"."agreements"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agreement_relations" ADD CONSTRAINT "agreement_relations_agreement_id_agreements_id_fk" FOREIGN KEY ("agreement_id") REFERENCES "public"."agreements"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agreement_relations" ADD CONSTRAINT "agreement_relations_related_id_agreements_id_fk" FOREIGN KEY ("related_id") REFERENCES "public"."agreements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agreement_terms" ADD CONSTRAINT "agreement_terms_agreement_id_agreements_id_fk" FOREIGN KEY ("agreement_id") REFERENCES "public"."agreements"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assistance_program_agreements" ADD CONSTRAINT "assistance_program_agreements_assistance_program_id_assistance_programs_id_fk" FOREIGN KEY ("assistance_program_id") REFERENCES "public"."assistance_programs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assistance_program_agreements" ADD CONSTRAINT "assistance_program_agreements_agreement_id_agreements_id_fk" FOREIGN KEY ("agreement_id") REFERENCES "public"."agreements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assistance_programs" ADD CONSTRAINT "assistance_programs_location_country_countries_code_fk" FOREIGN KEY ("location_country") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assistance_programs" ADD CONSTRAINT "assistance_programs_crs_purpose_known" FOREIGN KEY ("crs_scheme","crs_purpose") REFERENCES "public"."topics"("scheme","code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citations" ADD CONSTRAINT "citations_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."sources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citations" ADD CONSTRAINT "citations_region_code_regions_code_fk" FOREIGN KEY ("region_code") REFERENCES "public"."regions"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citations" ADD CONSTRAINT "citations_country_code_countries_code_fk" FOREIGN KEY ("country_code") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citations" ADD CONSTRAINT "citations_topic_slug_topics_slug_fk" FOREIGN KEY ("topic_slug") REFERENCES "public"."topics"("slug") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citations" ADD CONSTRAINT "citations_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citations" ADD CONSTRAINT "citations_cited_source_id_sources_id_fk" FOREIGN KEY ("cited_source_id") REFERENCES "public"."sources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citations" ADD CONSTRAINT "citations_agreement_id_agreements_id_fk" FOREIGN KEY ("agreement_id") REFERENCES "public"."agreements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citations" ADD CONSTRAINT "citations_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citations" ADD CONSTRAINT "citations_cooperation_base_id_cooperation_bases_id_fk" FOREIGN KEY ("cooperation_base_id") REFERENCES "public"."cooperation_bases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citations" ADD CONSTRAINT "citations_assistance_program_id_assistance_programs_id_fk" FOREIGN KEY ("assistance_program_id") REFERENCES "public"."assistance_programs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citations" ADD CONSTRAINT "citations_figure_id_figures_id_fk" FOREIGN KEY ("figure_id") REFERENCES "public"."figures"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cooperation_bases" ADD CONSTRAINT "cooperation_bases_part_of_cooperation_bases_id_fk" FOREIGN KEY ("part_of") REFERENCES "public"."cooperation_bases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cooperation_bases" ADD CONSTRAINT "cooperation_bases_host_country_countries_code_fk" FOREIGN KEY ("host_country") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cooperation_bases" ADD CONSTRAINT "cooperation_bases_host_organization_organizations_id_fk" FOREIGN KEY ("host_organization") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cooperation_bases" ADD CONSTRAINT "cooperation_bases_location_country_countries_code_fk" FOREIGN KEY ("location_country") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "countries" ADD CONSTRAINT "countries_region_regions_code_fk" FOREIGN KEY ("region") REFERENCES "public"."regions"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "country_groups" ADD CONSTRAINT "country_groups_country_countries_code_fk" FOREIGN KEY ("country") REFERENCES "public"."countries"("code") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "country_groups" ADD CONSTRAINT "country_groups_group_regions_code_fk" FOREIGN KEY ("group") REFERENCES "public"."regions"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "country_successors" ADD CONSTRAINT "country_successors_country_countries_code_fk" FOREIGN KEY ("country") REFERENCES "public"."countries"("code") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "country_successors" ADD CONSTRAINT "country_successors_successor_countries_code_fk" FOREIGN KEY ("successor") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "external_ids" ADD CONSTRAINT "external_ids_agreement_id_agreements_id_fk" FOREIGN KEY ("agreement_id") REFERENCES "public"."agreements"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "external_ids" ADD CONSTRAINT "external_ids_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "external_ids" ADD CONSTRAINT "external_ids_cooperation_base_id_cooperation_bases_id_fk" FOREIGN KEY ("cooperation_base_id") REFERENCES "public"."cooperation_bases"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "external_ids" ADD CONSTRAINT "external_ids_assistance_program_id_assistance_programs_id_fk" FOREIGN KEY ("assistance_program_id") REFERENCES "public"."assistance_programs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "external_ids" ADD CONSTRAINT "external_ids_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "external_ids" ADD CONSTRAINT "external_ids_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."sources"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "external_ids" ADD CONSTRAINT "external_ids_citation_id_citations_id_fk" FOREIGN KEY ("citation_id") REFERENCES "public"."citations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "external_ids" ADD CONSTRAINT "external_ids_figure_id_figures_id_fk" FOREIGN KEY ("figure_id") REFERENCES "public"."figures"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "figures" ADD CONSTRAINT "figures_country_countries_code_fk" FOREIGN KEY ("country") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_country_countries_code_fk" FOREIGN KEY ("country") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_parent_organizations_id_fk" FOREIGN KEY ("parent") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participation_actions" ADD CONSTRAINT "participation_actions_participation_id_participations_id_fk" FOREIGN KEY ("participation_id") REFERENCES "public"."participations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participations" ADD CONSTRAINT "participations_agreement_id_agreements_id_fk" FOREIGN KEY ("agreement_id") REFERENCES "public"."agreements"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participations" ADD CONSTRAINT "participations_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participations" ADD CONSTRAINT "participations_cooperation_base_id_cooperation_bases_id_fk" FOREIGN KEY ("cooperation_base_id") REFERENCES "public"."cooperation_bases"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participations" ADD CONSTRAINT "participations_assistance_program_id_assistance_programs_id_fk" FOREIGN KEY ("assistance_program_id") REFERENCES "public"."assistance_programs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participations" ADD CONSTRAINT "participations_country_countries_code_fk" FOREIGN KEY ("country") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participations" ADD CONSTRAINT "participations_organization_organizations_id_fk" FOREIGN KEY ("organization") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participations" ADD CONSTRAINT "participations_region_regions_code_fk" FOREIGN KEY ("region") REFERENCES "public"."regions"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "project_agreements" ADD CONSTRAINT "project_agreements_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "project_agreements" ADD CONSTRAINT "project_agreements_agreement_id_agreements_id_fk" FOREIGN KEY ("agreement_id") REFERENCES "public"."agreements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects" ADD CONSTRAINT "projects_location_country_countries_code_fk" FOREIGN KEY ("location_country") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "regions" ADD CONSTRAINT "regions_parent_regions_code_fk" FOREIGN KEY ("parent") REFERENCES "public"."regions"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "topic_links" ADD CONSTRAINT "topic_links_topic_topics_slug_fk" FOREIGN KEY ("topic") REFERENCES "public"."topics"("slug") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "topic_links" ADD CONSTRAINT "topic_links_agreement_id_agreements_id_fk" FOREIGN KEY ("agreement_id") REFERENCES "public"."agreements"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "topic_links" ADD CONSTRAINT "topic_links_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "topic_links" ADD CONSTRAINT "topic_links_cooperation_base_id_cooperation_bases_id_fk" FOREIGN KEY ("cooperation_base_id") REFERENCES "public"."cooperation_bases"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "topic_links" ADD CONSTRAINT "topic_links_assistance_program_id_assistance_programs_id_fk" FOREIGN KEY ("assistance_program_id") REFERENCES "public"."assistance_programs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "topics" ADD CONSTRAINT "topics_broader_topics_slug_fk" FOREIGN KEY ("broader") REFERENCES "public"."topics"("slug") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "agreement_relations_related" ON "agreement_relations" USING btree ("related_id");--> statement-breakpoint
CREATE INDEX "agreements_by_title" ON "agreements" USING btree (("title" collate "und-x-icu"),"id");--> statement-breakpoint
CREATE INDEX "agreements_by_kind" ON "agreements" USING btree (("kind" collate "C"),"id");--> statement-breakpoint
CREATE INDEX "agreements_by_level" ON "agreements" USING btree ((coalesce("level", U&'\+10FFFF') collate "C"),"id");--> statement-breakpoint
CREATE INDEX "agreements_by_level_desc" ON "agreements" USING btree ((coalesce("level", '') collate "C"),"id");--> statement-breakpoint
CREATE INDEX "agreements_by_status" ON "agreements" USING btree ((coalesce("status", U&'\+10FFFF') collate "C"),"id");--> statement-breakpoint
CREATE INDEX "agreements_by_status_desc" ON "agreements" USING btree ((coalesce("status", '') collate "C"),"id");--> statement-breakpoint
CREATE INDEX "agreements_by_signed_on" ON "agreements" USING btree ((coalesce("signed_on_earliest", 'infinity'::date)),"id");--> statement-breakpoint
CREATE INDEX "agreements_by_signed_on_desc" ON "agreements" USING btree ((case when "signed_on_earliest" is null then '-infinity'::date else greatest("signed_on_earliest", '4713-11-24 BC'::date) end),"id");--> statement-breakpoint
CREATE INDEX "agreements_by_provisional_from" ON "agreements" USING btree ((coalesce("provisional_from_earliest", 'infinity'::date)),"id");--> statement-breakpoint
CREATE INDEX "agreements_by_provisional_from_desc" ON "agreements" USING btree ((case when "provisional_from_earliest" is null then '-infinity'::date else greatest("provisional_from_earliest", '4713-11-24 BC'::date) end),"id");--> statement-breakpoint
CREATE INDEX "agreements_by_in_force_from" ON "agreements" USING btree ((coalesce("in_force_from_earliest", 'infinity'::date)),"id");--> statement-breakpoint
CREATE INDEX "agreements_by_in_force_from_desc" ON "agreements" USING btree ((case when "in_force_from_earliest" is null then '-infinity'::date else greatest("in_force_from_earliest", '4713-11-24 BC'::date) end),"id");--> statement-breakpoint
CREATE INDEX "agreements_by_expires_on" ON "agreements" USING btree ((coalesce("expires_on_earliest", 'infinity'::date)),"id");--> statement-breakpoint
CREATE INDEX "agreements_by_expires_on_desc" ON "agreements" USING btree ((case when "expires_on_earliest" is null then '-infinity'::date else greatest("expires_on_earliest", '4713-11-24 BC'::date) end),"id");--> statement-breakpoint
CREATE INDEX "agreements_by_terminated_on" ON "agreements" USING btree ((coalesce("terminated_on_earliest", 'infinity'::date)),"id");--> statement-breakpoint
CREATE INDEX "agreements_by_terminated_on_desc" ON "agreements" USING btree ((case when "terminated_on_earliest" is null then '-infinity'::date else greatest("terminated_on_earliest", '4713-11-24 BC'::date) end),"id");--> statement-breakpoint
CREATE INDEX "agreements_by_created_at" ON "agreements" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "agreements_by_updated_at" ON "agreements" USING btree ("updated_at","id");--> statement-breakpoint
CREATE INDEX "agreements_search" ON "agreements" USING gin ("search");--> statement-breakpoint
CREATE INDEX "agreements_languages" ON "agreements" USING gin ("languages");--> statement-breakpoint
CREATE INDEX "assistance_program_agreements_agreement" ON "assistance_program_agreements" USING btree ("agreement_id");--> statement-breakpoint
CREATE INDEX "assistance_programs_crs_purpose" ON "assistance_programs" USING btree ("crs_purpose");--> statement-breakpoint
CREATE INDEX "assistance_programs_location_country" ON "assistance_programs" USING btree ("location_country");--> statement-breakpoint
CREATE INDEX "assistance_programs_by_title" ON "assistance_programs" USING btree (("title" collate "und-x-icu"),"id");--> statement-breakpoint
CREATE INDEX "assistance_programs_by_modality" ON "assistance_programs" USING btree (("modality" collate "C"),"id");--> statement-breakpoint
CREATE INDEX "assistance_programs_by_status" ON "assistance_programs" USING btree ((coalesce("status", U&'\+10FFFF') collate "C"),"id");--> statement-breakpoint
CREATE INDEX "assistance_programs_by_status_desc" ON "assistance_programs" USING btree ((coalesce("status", '') collate "C"),"id");--> statement-breakpoint
CREATE INDEX "assistance_programs_by_starts_on" ON "assistance_programs" USING btree ((coalesce("starts_on_earliest", 'infinity'::date)),"id");--> statement-breakpoint
CREATE INDEX "assistance_programs_by_starts_on_desc" ON "assistance_programs" USING btree ((case when "starts_on_earliest" is null then '-infinity'::date else greatest("starts_on_earliest", '4713-11-24 BC'::date) end),"id");--> statement-breakpoint
CREATE INDEX "assistance_programs_by_ends_on" ON "assistance_programs" USING btree ((coalesce("ends_on_earliest", 'infinity'::date)),"id");--> statement-breakpoint
CREATE INDEX "assistance_programs_by_ends_on_desc" ON "assistance_programs" USING btree ((case when "ends_on_earliest" is null then '-infinity'::date else greatest("ends_on_earliest", '4713-11-24 BC'::date) end),"id");--> statement-breakpoint
CREATE INDEX "assistance_programs_by_commitment_amount" ON "assistance_programs" USING btree ((coalesce("commitment_amount", 'Infinity'::numeric)),"id");--> statement-breakpoint
CREATE INDEX "assistance_programs_by_commitment_amount_desc" ON "assistance_programs" USING btree ((coalesce("commitment_amount", '-Infinity'::numeric)),"id");--> statement-breakpoint
CREATE INDEX "assistance_programs_by_created_at" ON "assistance_programs" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "assistance_programs_by_updated_at" ON "assistance_programs" USING btree ("updated_at","id");--> statement-breakpoint
CREATE INDEX "assistance_programs_search" ON "assistance_programs" USING gin ("search");--> statement-breakpoint
CREATE INDEX "citations_source" ON "citations" USING btree ("source_id");--> statement-breakpoint
CREATE INDEX "citations_region" ON "citations" USING btree ("region_code");--> statement-breakpoint
CREATE INDEX "citations_country" ON "citations" USING btree ("country_code");--> statement-breakpoint
CREATE INDEX "citations_topic" ON "citations" USING btree ("topic_slug");--> statement-breakpoint
CREATE INDEX "citations_organization" ON "citations" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "citations_cited_source" ON "citations" USING btree ("cited_source_id");--> statement-breakpoint
CREATE INDEX "citations_agreement" ON "citations" USING btree ("agreement_id");--> statement-breakpoint
CREATE INDEX "citations_project" ON "citations" USING btree ("project_id");--> statement-breakpoint
CREATE INDEX "citations_cooperation_base" ON "citations" USING btree ("cooperation_base_id");--> statement-breakpoint
CREATE INDEX "citations_assistance_program" ON "citations" USING btree ("assistance_program_id");--> statement-breakpoint
CREATE INDEX "citations_figure" ON "citations" USING btree ("figure_id");--> statement-breakpoint
CREATE INDEX "citations_by_property" ON "citations" USING btree ((coalesce("property", U&'\+10FFFF') collate "C"),"id");--> statement-breakpoint
CREATE INDEX "citations_by_property_desc" ON "citations" USING btree ((coalesce("property", '') collate "C"),"id");--> statement-breakpoint
CREATE INDEX "citations_by_rank" ON "citations" USING btree (("rank" collate "C"),"id");--> statement-breakpoint
CREATE INDEX "citations_by_paragraph" ON "citations" USING btree ((coalesce("paragraph", U&'\FFFF') collate "und-x-icu"),"id");--> statement-breakpoint
CREATE INDEX "citations_by_paragraph_desc" ON "citations" USING btree ((coalesce("paragraph", '') collate "und-x-icu"),"id");--> statement-breakpoint
CREATE INDEX "citations_by_created_at" ON "citations" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "citations_by_updated_at" ON "citations" USING btree ("updated_at","id");--> statement-breakpoint
CREATE INDEX "citations_search" ON "citations" USING gin ("search");--> statement-breakpoint
CREATE INDEX "cooperation_bases_part_of" ON "cooperation_bases" USING btree ("part_of");--> statement-breakpoint
CREATE INDEX "cooperation_bases_host_country" ON "cooperation_bases" USING btree ("host_country");--> statement-breakpoint
CREATE INDEX "cooperation_bases_host_organization" ON "cooperation_bases" USING btree ("host_organization");--> statement-breakpoint
CREATE INDEX "cooperation_bases_location_country" ON "cooperation_bases" USING btree ("location_country");--> statement-breakpoint
CREATE INDEX "cooperation_bases_by_name" ON "cooperation_bases" USING btree (("name" collate "und-x-icu"),"id");--> statement-breakpoint
CREATE INDEX "cooperation_bases_by_kind" ON "cooperation_bases" USING btree (("kind" collate "C"),"id");--> statement-breakpoint
CREATE INDEX "cooperation_bases_by_level" ON "cooperation_bases" USING btree ((coalesce("level", U&'\+10FFFF') collate "C"),"id");--> statement-breakpoint
CREATE INDEX "cooperation_bases_by_level_desc" ON "cooperation_bases" USING btree ((coalesce("level", '') collate "C"),"id");--> statement-breakpoint
CREATE INDEX "cooperation_bases_by_status" ON "cooperation_bases" USING btree ((coalesce("status", U&'\+10FFFF') collate "C"),"id");--> statement-breakpoint
CREATE INDEX "cooperation_bases_by_status_desc" ON "cooperation_bases" USING btree ((coalesce("status", '') collate "C"),"id");--> statement-breakpoint
CREATE INDEX "cooperation_bases_by_host_country" ON "cooperation_bases" USING btree ((coalesce("host_country", U&'\+10FFFF') collate "C"),"id");--> statement-breakpoint
CREATE INDEX "cooperation_bases_by_host_country_desc" ON "cooperation_bases" USING btree ((coalesce("host_country", '') collate "C"),"id");--> statement-breakpoint
CREATE INDEX "cooperation_bases_by_designated_on" ON "cooperation_bases" USING btree ((coalesce("designated_on_earliest", 'infinity'::date)),"id");--> statement-breakpoint
CREATE INDEX "cooperation_bases_by_designated_on_desc" ON "cooperation_bases" USING btree ((case when "designated_on_earliest" is null then '-infinity'::date else greatest("designated_on_earliest", '4713-11-24 BC'::date) end),"id");--> statement-breakpoint
CREATE INDEX "cooperation_bases_by_unit_count" ON "cooperation_bases" USING btree (("unit_count"),"id");--> statement-breakpoint
CREATE INDEX "cooperation_bases_by_created_at" ON "cooperation_bases" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "cooperation_bases_by_updated_at" ON "cooperation_bases" USING btree ("updated_at","id");--> statement-breakpoint
CREATE INDEX "cooperation_bases_search" ON "cooperation_bases" USING gin ("search");--> statement-breakpoint
CREATE UNIQUE INDEX "countries_alpha2_unique" ON "countries" USING btree ("alpha2") WHERE valid_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "countries_numeric_unique" ON "countries" USING btree ("numeric") WHERE valid_to is null;--> statement-breakpoint
CREATE INDEX "countries_region" ON "countries" USING btree ("region");--> statement-breakpoint
CREATE INDEX "countries_by_name" ON "countries" USING btree (("name" collate "und-x-icu"),"code");--> statement-breakpoint
CREATE INDEX "countries_by_official_name" ON "countries" USING btree ((coalesce("official_name", U&'\FFFF') collate "und-x-icu"),"code");--> statement-breakpoint
CREATE INDEX "countries_by_official_name_desc" ON "countries" USING btree ((coalesce("official_name", '') collate "und-x-icu"),"code");--> statement-breakpoint
CREATE INDEX "countries_by_alpha2" ON "countries" USING btree (("alpha2" collate "C"),"code");--> statement-breakpoint
CREATE INDEX "countries_by_numeric" ON "countries" USING btree ((coalesce("numeric", U&'\+10FFFF') collate "C"),"code");--> statement-breakpoint
CREATE INDEX "countries_by_numeric_desc" ON "countries" USING btree ((coalesce("numeric", '') collate "C"),"code");--> statement-breakpoint
CREATE INDEX "countries_by_valid_from" ON "countries" USING btree ((coalesce("valid_from_earliest", 'infinity'::date)),"code");--> statement-breakpoint
CREATE INDEX "countries_by_valid_from_desc" ON "countries" USING btree ((case when "valid_from_earliest" is null then '-infinity'::date else greatest("valid_from_earliest", '4713-11-24 BC'::date) end),"code");--> statement-breakpoint
CREATE INDEX "countries_by_valid_to" ON "countries" USING btree ((coalesce("valid_to_earliest", 'infinity'::date)),"code");--> statement-breakpoint
CREATE INDEX "countries_by_valid_to_desc" ON "countries" USING btree ((case when "valid_to_earliest" is null then '-infinity'::date else greatest("valid_to_earliest", '4713-11-24 BC'::date) end),"code");--> statement-breakpoint
CREATE INDEX "countries_by_created_at" ON "countries" USING btree ("created_at","code");--> statement-breakpoint
CREATE INDEX "countries_by_updated_at" ON "countries" USING btree ("updated_at","code");--> statement-breakpoint
CREATE INDEX "countries_search" ON "countries" USING gin ("search");--> statement-breakpoint
CREATE INDEX "country_groups_group" ON "country_groups" USING btree ("group");--> statement-breakpoint
CREATE INDEX "country_successors_successor" ON "country_successors" USING btree ("successor");--> statement-breakpoint
CREATE INDEX "external_ids_agreement_id" ON "external_ids" USING btree ("agreement_id");--> statement-breakpoint
CREATE UNIQUE INDEX "external_ids_agreement_id_unique" ON "external_ids" USING btree ("scheme","id") WHERE "agreement_id" is not null;--> statement-breakpoint
CREATE INDEX "external_ids_project_id" ON "external_ids" USING btree ("project_id");--> statement-breakpoint
CREATE UNIQUE INDEX "external_ids_project_id_unique" ON "external_ids" USING btree ("scheme","id") WHERE "project_id" is not null;--> statement-breakpoint
CREATE INDEX "external_ids_cooperation_base_id" ON "external_ids" USING btree ("cooperation_base_id");--> statement-breakpoint
CREATE UNIQUE INDEX "external_ids_cooperation_base_id_unique" ON "external_ids" USING btree ("scheme","id") WHERE "cooperation_base_id" is not null;--> statement-breakpoint
CREATE INDEX "external_ids_assistance_program_id" ON "external_ids" USING btree ("assistance_program_id");--> statement-breakpoint
CREATE UNIQUE INDEX "external_ids_assistance_program_id_unique" ON "external_ids" USING btree ("scheme","id") WHERE "assistance_program_id" is not null;--> statement-breakpoint
CREATE INDEX "external_ids_organization_id" ON "external_ids" USING btree ("organization_id");--> statement-breakpoint
CREATE UNIQUE INDEX "external_ids_organization_id_unique" ON "external_ids" USING btree ("scheme","id") WHERE "organization_id" is not null;--> statement-breakpoint
CREATE INDEX "external_ids_source_id" ON "external_ids" USING btree ("source_id");--> statement-breakpoint
CREATE UNIQUE INDEX "external_ids_source_id_unique" ON "external_ids" USING btree ("scheme","id") WHERE "source_id" is not null;--> statement-breakpoint
CREATE INDEX "external_ids_citation_id" ON "external_ids" USING btree ("citation_id");--> statement-breakpoint
CREATE UNIQUE INDEX "external_ids_citation_id_unique" ON "external_ids" USING btree ("scheme","id") WHERE "citation_id" is not null;--> statement-breakpoint
CREATE INDEX "external_ids_figure_id" ON "external_ids" USING btree ("figure_id");--> statement-breakpoint
CREATE UNIQUE INDEX "external_ids_figure_id_unique" ON "external_ids" USING btree ("scheme","id") WHERE "figure_id" is not null;--> statement-breakpoint
CREATE INDEX "figures_country" ON "figures" USING btree ("country");--> statement-breakpoint
CREATE INDEX "figures_by_title" ON "figures" USING btree (("title" collate "und-x-icu"),"id");--> statement-breakpoint
CREATE INDEX "figures_by_indicator" ON "figures" USING btree (("indicator" collate "C"),"id");--> statement-breakpoint
CREATE INDEX "figures_by_value" ON "figures" USING btree (("value"),"id");--> statement-breakpoint
CREATE INDEX "figures_by_as_of" ON "figures" USING btree ((coalesce("as_of_earliest", 'infinity'::date)),"id");--> statement-breakpoint
CREATE INDEX "figures_by_as_of_desc" ON "figures" USING btree ((case when "as_of_earliest" is null then '-infinity'::date else greatest("as_of_earliest", '4713-11-24 BC'::date) end),"id");--> statement-breakpoint
CREATE INDEX "figures_by_created_at" ON "figures" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "figures_by_updated_at" ON "figures" USING btree ("updated_at","id");--> statement-breakpoint
CREATE INDEX "figures_search" ON "figures" USING gin ("search");--> statement-breakpoint
CREATE INDEX "organizations_country" ON "organizations" USING btree ("country");--> statement-breakpoint
CREATE INDEX "organizations_parent" ON "organizations" USING btree ("parent");--> statement-breakpoint
CREATE INDEX "organizations_by_name" ON "organizations" USING btree (("name" collate "und-x-icu"),"id");--> statement-breakpoint
CREATE INDEX "organizations_by_acronym" ON "organizations" USING btree ((coalesce("acronym", U&'\FFFF') collate "und-x-icu"),"id");--> statement-breakpoint
CREATE INDEX "organizations_by_acronym_desc" ON "organizations" USING btree ((coalesce("acronym", '') collate "und-x-icu"),"id");--> statement-breakpoint
CREATE INDEX "organizations_by_type" ON "organizations" USING btree (("type" collate "C"),"id");--> statement-breakpoint
CREATE INDEX "organizations_by_country" ON "organizations" USING btree ((coalesce("country", U&'\+10FFFF') collate "C"),"id");--> statement-breakpoint
CREATE INDEX "organizations_by_country_desc" ON "organizations" USING btree ((coalesce("country", '') collate "C"),"id");--> statement-breakpoint
CREATE INDEX "organizations_by_created_at" ON "organizations" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "organizations_by_updated_at" ON "organizations" USING btree ("updated_at","id");--> statement-breakpoint
CREATE INDEX "organizations_search" ON "organizations" USING gin ("search");--> statement-breakpoint
CREATE INDEX "participations_agreement" ON "participations" USING btree ("agreement_id");--> statement-breakpoint
CREATE INDEX "participations_project" ON "participations" USING btree ("project_id");--> statement-breakpoint
CREATE INDEX "participations_cooperation_base" ON "participations" USING btree ("cooperation_base_id");--> statement-breakpoint
CREATE INDEX "participations_assistance_program" ON "participations" USING btree ("assistance_program_id");--> statement-breakpoint
CREATE INDEX "participations_country" ON "participations" USING btree ("country");--> statement-breakpoint
CREATE INDEX "participations_organization" ON "participations" USING btree ("organization");--> statement-breakpoint
CREATE INDEX "participations_region" ON "participations" USING btree ("region");--> statement-breakpoint
CREATE INDEX "project_agreements_agreement" ON "project_agreements" USING btree ("agreement_id");--> statement-breakpoint
CREATE INDEX "projects_location_country" ON "projects" USING btree ("location_country");--> statement-breakpoint
CREATE INDEX "projects_by_title" ON "projects" USING btree (("title" collate "und-x-icu"),"id");--> statement-breakpoint
CREATE INDEX "projects_by_kind" ON "projects" USING btree (("kind" collate "C"),"id");--> statement-breakpoint
CREATE INDEX "projects_by_status" ON "projects" USING btree ((coalesce("status", U&'\+10FFFF') collate "C"),"id");--> statement-breakpoint
CREATE INDEX "projects_by_status_desc" ON "projects" USING btree ((coalesce("status", '') collate "C"),"id");--> statement-breakpoint
CREATE INDEX "projects_by_starts_on" ON "projects" USING btree ((coalesce("starts_on_earliest", 'infinity'::date)),"id");--> statement-breakpoint
CREATE INDEX "projects_by_starts_on_desc" ON "projects" USING btree ((case when "starts_on_earliest" is null then '-infinity'::date else greatest("starts_on_earliest", '4713-11-24 BC'::date) end),"id");--> statement-breakpoint
CREATE INDEX "projects_by_ends_on" ON "projects" USING btree ((coalesce("ends_on_earliest", 'infinity'::date)),"id");--> statement-breakpoint
CREATE INDEX "projects_by_ends_on_desc" ON "projects" USING btree ((case when "ends_on_earliest" is null then '-infinity'::date else greatest("ends_on_earliest", '4713-11-24 BC'::date) end),"id");--> statement-breakpoint
CREATE INDEX "projects_by_budget_amount" ON "projects" USING btree ((coalesce("budget_amount", 'Infinity'::numeric)),"id");--> statement-breakpoint
CREATE INDEX "projects_by_budget_amount_desc" ON "projects" USING btree ((coalesce("budget_amount", '-Infinity'::numeric)),"id");--> statement-breakpoint
CREATE INDEX "projects_by_created_at" ON "projects" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "projects_by_updated_at" ON "projects" USING btree ("updated_at","id");--> statement-breakpoint
CREATE INDEX "projects_search" ON "projects" USING gin ("search");--> statement-breakpoint
CREATE INDEX "regions_parent" ON "regions" USING btree ("parent");--> statement-breakpoint
CREATE INDEX "regions_by_name" ON "regions" USING btree (("name" collate "und-x-icu"),"code");--> statement-breakpoint
CREATE INDEX "regions_by_kind" ON "regions" USING btree (("kind" collate "C"),"code");--> statement-breakpoint
CREATE INDEX "regions_by_created_at" ON "regions" USING btree ("created_at","code");--> statement-breakpoint
CREATE INDEX "regions_by_updated_at" ON "regions" USING btree ("updated_at","code");--> statement-breakpoint
CREATE INDEX "regions_search" ON "regions" USING gin ("search");--> statement-breakpoint
CREATE INDEX "sources_by_title" ON "sources" USING btree (("title" collate "und-x-icu"),"id");--> statement-breakpoint
CREATE INDEX "sources_by_publisher" ON "sources" USING btree ((coalesce("publisher", U&'\FFFF') collate "und-x-icu"),"id");--> statement-breakpoint
CREATE INDEX "sources_by_publisher_desc" ON "sources" USING btree ((coalesce("publisher", '') collate "und-x-icu"),"id");--> statement-breakpoint
CREATE INDEX "sources_by_kind" ON "sources" USING btree (("kind" collate "C"),"id");--> statement-breakpoint
CREATE INDEX "sources_by_published_on" ON "sources" USING btree ((coalesce("published_on_earliest", 'infinity'::date)),"id");--> statement-breakpoint
CREATE INDEX "sources_by_published_on_desc" ON "sources" USING btree ((case when "published_on_earliest" is null then '-infinity'::date else greatest("published_on_earliest", '4713-11-24 BC'::date) end),"id");--> statement-breakpoint
CREATE INDEX "sources_by_accessed_on" ON "sources" USING btree ((coalesce("accessed_on_earliest", 'infinity'::date)),"id");--> statement-breakpoint
CREATE INDEX "sources_by_accessed_on_desc" ON "sources" USING btree ((case when "accessed_on_earliest" is null then '-infinity'::date else greatest("accessed_on_earliest", '4713-11-24 BC'::date) end),"id");--> statement-breakpoint
CREATE INDEX "sources_by_created_at" ON "sources" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "sources_by_updated_at" ON "sources" USING btree ("updated_at","id");--> statement-breakpoint
CREATE INDEX "sources_search" ON "sources" USING gin ("search");--> statement-breakpoint
CREATE INDEX "topic_links_agreement" ON "topic_links" USING btree ("agreement_id");--> statement-breakpoint
CREATE INDEX "topic_links_project" ON "topic_links" USING btree ("project_id");--> statement-breakpoint
CREATE INDEX "topic_links_cooperation_base" ON "topic_links" USING btree ("cooperation_base_id");--> statement-breakpoint
CREATE INDEX "topic_links_assistance_program" ON "topic_links" USING btree ("assistance_program_id");--> statement-breakpoint
CREATE INDEX "topics_broader" ON "topics" USING btree ("broader");--> statement-breakpoint
CREATE INDEX "topics_by_name" ON "topics" USING btree (("name" collate "und-x-icu"),"slug");--> statement-breakpoint
CREATE INDEX "topics_by_scheme" ON "topics" USING btree (("scheme" collate "C"),"slug");--> statement-breakpoint
CREATE INDEX "topics_by_code" ON "topics" USING btree ((coalesce("code", U&'\+10FFFF') collate "C"),"slug");--> statement-breakpoint
CREATE INDEX "topics_by_code_desc" ON "topics" USING btree ((coalesce("code", '') collate "C"),"slug");--> statement-breakpoint
CREATE INDEX "topics_by_created_at" ON "topics" USING btree ("created_at","slug");--> statement-breakpoint
CREATE INDEX "topics_by_updated_at" ON "topics" USING btree ("updated_at","slug");--> statement-breakpoint
CREATE INDEX "topics_search" ON "topics" USING gin ("search");