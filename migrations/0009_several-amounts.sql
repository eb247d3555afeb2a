CREATE TABLE "agreements_territories" (
	"record" uuid NOT NULL,
	"position" integer NOT NULL,
	"name" text NOT NULL,
	"country" text,
	"party" text,
	"status" text NOT NULL,
	"date" text,
	"date_earliest" date GENERATED ALWAYS AS (edtf_earliest(date)) STORED,
	"date_latest" date GENERATED ALWAYS AS (edtf_latest(date)) STORED,
	"note" text,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "agreements_territories_record_position_pk" PRIMARY KEY("record","position"),
	CONSTRAINT "agreements_territories_name_filled" CHECK ("agreements_territories"."name" <> '' and "agreements_territories"."name" = btrim("agreements_territories"."name")),
	CONSTRAINT "agreements_territories_status_known" CHECK ("agreements_territories"."status" in ('extended', 'excluded', 'withdrawn'))
);
--> statement-breakpoint
CREATE TABLE "projects_sectors" (
	"record" uuid NOT NULL,
	"position" integer NOT NULL,
	"topic" text NOT NULL,
	"percentage" numeric(7, 4),
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "projects_sectors_record_position_pk" PRIMARY KEY("record","position"),
	CONSTRAINT "projects_sectors_once" UNIQUE("record","topic"),
	CONSTRAINT "projects_sectors_percentage_range" CHECK ("projects_sectors"."percentage" > 0 and "projects_sectors"."percentage" <= 100)
);
--> statement-breakpoint
CREATE TABLE "projects_locations" (
	"record" uuid NOT NULL,
	"position" integer NOT NULL,
	"name" text,
	"country" text,
	"latitude" double precision,
	"longitude" double precision,
	"elevation_metres" double precision,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "projects_locations_record_position_pk" PRIMARY KEY("record","position"),
	CONSTRAINT "projects_locations_latitude_range" CHECK ("projects_locations"."latitude" between -90 and 90),
	CONSTRAINT "projects_locations_coordinates_pair" CHECK (num_nulls(latitude, longitude) <> 1),
	CONSTRAINT "projects_locations_longitude_range" CHECK ("projects_locations"."longitude" between -180 and 180),
	CONSTRAINT "projects_locations_elevation_metres_range" CHECK ("projects_locations"."elevation_metres" between -12000 and 9000)
);
--> statement-breakpoint
CREATE TABLE "projects_amounts" (
	"record" uuid NOT NULL,
	"position" integer NOT NULL,
	"kind" text NOT NULL,
	"date" text,
	"date_earliest" date GENERATED ALWAYS AS (edtf_earliest(date)) STORED,
	"date_latest" date GENERATED ALWAYS AS (edtf_latest(date)) STORED,
	"amount" numeric(15, 2) NOT NULL,
	"currency" text NOT NULL,
	"value_usd" numeric(15, 2),
	"note" text,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "projects_amounts_record_position_pk" PRIMARY KEY("record","position"),
	CONSTRAINT "projects_amounts_kind_known" CHECK ("projects_amounts"."kind" in ('commitment', 'disbursement', 'expenditure', 'budget', 'planned_disbursement', 'pledge', 'incoming_pledge', 'incoming_funds', 'incoming_commitment', 'interest_payment', 'loan_repayment', 'reimbursement', 'equity_purchase', 'equity_sale', 'credit_guarantee', 'other')),
	CONSTRAINT "projects_amounts_amount_range" CHECK ("projects_amounts"."amount" > -10000000000000 and "projects_amounts"."amount" < 10000000000000),
	CONSTRAINT "projects_amounts_currency_form" CHECK ("projects_amounts"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "projects_amounts_value_usd_range" CHECK ("projects_amounts"."value_usd" > -10000000000000 and "projects_amounts"."value_usd" < 10000000000000)
);
--> statement-breakpoint
CREATE TABLE "assistance_programs_sectors" (
	"record" uuid NOT NULL,
	"position" integer NOT NULL,
	"topic" text NOT NULL,
	"percentage" numeric(7, 4),
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "assistance_programs_sectors_record_position_pk" PRIMARY KEY("record","position"),
	CONSTRAINT "assistance_programs_sectors_once" UNIQUE("record","topic"),
	CONSTRAINT "assistance_programs_sectors_percentage_range" CHECK ("assistance_programs_sectors"."percentage" > 0 and "assistance_programs_sectors"."percentage" <= 100)
);
--> statement-breakpoint
CREATE TABLE "assistance_programs_locations" (
	"record" uuid NOT NULL,
	"position" integer NOT NULL,
	"name" text,
	"country" text,
	"latitude" double precision,
	"longitude" double precision,
	"elevation_metres" double precision,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "assistance_programs_locations_record_position_pk" PRIMARY KEY("record","position"),
	CONSTRAINT "assistance_programs_locations_latitude_range" CHECK ("assistance_programs_locations"."latitude" between -90 and 90),
	CONSTRAINT "assistance_programs_locations_coordinates_pair" CHECK (num_nulls(latitude, longitude) <> 1),
	CONSTRAINT "assistance_programs_locations_longitude_range" CHECK ("assistance_programs_locations"."longitude" between -180 and 180),
	CONSTRAINT "assistance_programs_locations_elevation_metres_range" CHECK ("assistance_programs_locations"."elevation_metres" between -12000 and 9000)
);
--> statement-breakpoint
CREATE TABLE "assistance_programs_amounts" (
	"record" uuid NOT NULL,
	"position" integer NOT NULL,
	"kind" text NOT NULL,
	"date" text,
	"date_earliest" date GENERATED ALWAYS AS (edtf_earliest(date)) STORED,
	"date_latest" date GENERATED ALWAYS AS (edtf_latest(date)) STORED,
	"amount" numeric(15, 2) NOT NULL,
	"currency" text NOT NULL,
	"value_usd" numeric(15, 2),
	"note" text,
	"row_start" timestamp (3) with time zone DEFAULT change_time() NOT NULL,
	CONSTRAINT "assistance_programs_amounts_record_position_pk" PRIMARY KEY("record","position"),
	CONSTRAINT "assistance_programs_amounts_kind_known" CHECK ("assistance_programs_amounts"."kind" in ('commitment', 'disbursement', 'expenditure', 'budget', 'planned_disbursement', 'pledge', 'incoming_pledge', 'incoming_funds', 'incoming_commitment', 'interest_payment', 'loan_repayment', 'reimbursement', 'equity_purchase', 'equity_sale', 'credit_guarantee', 'other')),
	CONSTRAINT "assistance_programs_amounts_amount_range" CHECK ("assistance_programs_amounts"."amount" > -10000000000000 and "assistance_programs_amounts"."amount" < 10000000000000),
	CONSTRAINT "assistance_programs_amounts_currency_form" CHECK ("assistance_programs_amounts"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "assistance_programs_amounts_value_usd_range" CHECK ("assistance_programs_amounts"."value_usd" > -10000000000000 and "assistance_programs_amounts"."value_usd" < 10000000000000)
);
--> statement-breakpoint
ALTER TABLE "participation_actions" DROP CONSTRAINT "participation_actions_kind_known";--> statement-breakpoint
ALTER TABLE "topics" DROP CONSTRAINT "topics_scheme_known";--> statement-breakpoint
ALTER TABLE "agreements" DROP CONSTRAINT "agreements_kind_known";--> statement-breakpoint
ALTER TABLE "projects" DROP CONSTRAINT "projects_location_coordinates_range";--> statement-breakpoint
ALTER TABLE "projects" DROP CONSTRAINT "projects_location_coordinates_pair";--> statement-breakpoint
ALTER TABLE "projects" DROP CONSTRAINT "projects_location_elevation_range";--> statement-breakpoint
ALTER TABLE "projects" DROP CONSTRAINT "projects_budget_valid";--> statement-breakpoint
ALTER TABLE "assistance_programs" DROP CONSTRAINT "assistance_programs_location_coordinates_range";--> statement-breakpoint
ALTER TABLE "assistance_programs" DROP CONSTRAINT "assistance_programs_location_coordinates_pair";--> statement-breakpoint
ALTER TABLE "assistance_programs" DROP CONSTRAINT "assistance_programs_location_elevation_range";--> statement-breakpoint
ALTER TABLE "assistance_programs" DROP CONSTRAINT "assistance_programs_commitment_valid";--> statement-breakpoint
ALTER TABLE "projects" DROP CONSTRAINT "projects_location_country_countries_code_fk";
--> statement-breakpoint
ALTER TABLE "assistance_programs" DROP CONSTRAINT "assistance_programs_location_country_countries_code_fk";
--> statement-breakpoint
ALTER TABLE "assistance_programs" DROP CONSTRAINT "assistance_programs_crs_purpose_known";
--> statement-breakpoint
DROP INDEX "projects_location_country";--> statement-breakpoint
DROP INDEX "projects_budget_order";--> statement-breakpoint
DROP INDEX "projects_budget_order_desc";--> statement-breakpoint
DROP INDEX "projects_budget_currency";--> statement-breakpoint
DROP INDEX "assistance_programs_location_country";--> statement-breakpoint
DROP INDEX "assistance_programs_commitment_order";--> statement-breakpoint
DROP INDEX "assistance_programs_commitment_order_desc";--> statement-breakpoint
DROP INDEX "assistance_programs_commitment_currency";--> statement-breakpoint
DROP INDEX "assistance_programs_crs_purpose";--> statement-breakpoint
DROP INDEX "assistance_programs_modality_order";--> statement-breakpoint
ALTER TABLE "agreements" ADD COLUMN "alternative_titles" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "agreements" drop column "search";--> statement-breakpoint
ALTER TABLE "agreements" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(title)), 'A') || setweight(to_tsvector('english', plain_text(alias_names(alternative_titles))), 'A') || setweight(to_tsvector('english', plain_text(place)), 'B') || setweight(to_tsvector('english', plain_text(occasion)), 'B') || setweight(to_tsvector('english', plain_text(summary)), 'B')) STORED;--> statement-breakpoint
CREATE INDEX "agreements_search" ON "agreements" USING gin ("search");--> statement-breakpoint
ALTER TABLE "projects" drop column "search";--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(title)), 'A') || setweight(to_tsvector('english', plain_text(summary)), 'B') || setweight(to_tsvector('english', plain_text(outcomes)), 'B')) STORED;--> statement-breakpoint
CREATE INDEX "projects_search" ON "projects" USING gin ("search");--> statement-breakpoint
ALTER TABLE "assistance_programs" ALTER COLUMN "modality" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "assistance_programs" drop column "search";--> statement-breakpoint
ALTER TABLE "assistance_programs" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', plain_text(title)), 'A') || setweight(to_tsvector('english', plain_text(summary)), 'B')) STORED;--> statement-breakpoint
CREATE INDEX "assistance_programs_search" ON "assistance_programs" USING gin ("search");--> statement-breakpoint
ALTER TABLE "agreements" ADD COLUMN "adopted_on" text;--> statement-breakpoint
ALTER TABLE "agreements" ADD COLUMN "adopted_on_earliest" date GENERATED ALWAYS AS (edtf_earliest(adopted_on)) STORED;--> statement-breakpoint
ALTER TABLE "agreements" ADD COLUMN "adopted_on_latest" date GENERATED ALWAYS AS (edtf_latest(adopted_on)) STORED;--> statement-breakpoint
ALTER TABLE "agreements" ADD COLUMN "depositary" text;--> statement-breakpoint
ALTER TABLE "agreements" ADD COLUMN "website" text;--> statement-breakpoint
ALTER TABLE "assistance_programs" ADD COLUMN "flow_type" text;--> statement-breakpoint
ALTER TABLE "assistance_programs" ADD COLUMN "finance_type" text;--> statement-breakpoint
ALTER TABLE "citations" ADD COLUMN "locator_row" text;--> statement-breakpoint
ALTER TABLE "citations" ADD COLUMN "locator_column" text;--> statement-breakpoint
ALTER TABLE "citations" ADD COLUMN "url" text;--> statement-breakpoint
ALTER TABLE "citations" ADD COLUMN "source_record_id" text;--> statement-breakpoint
ALTER TABLE "agreements_territories" ADD CONSTRAINT "agreements_territories_record_agreements_id_fk" FOREIGN KEY ("record") REFERENCES "public"."agreements"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agreements_territories" ADD CONSTRAINT "agreements_territories_country_countries_code_fk" FOREIGN KEY ("country") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agreements_territories" ADD CONSTRAINT "agreements_territories_party_countries_code_fk" FOREIGN KEY ("party") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects_sectors" ADD CONSTRAINT "projects_sectors_record_projects_id_fk" FOREIGN KEY ("record") REFERENCES "public"."projects"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects_sectors" ADD CONSTRAINT "projects_sectors_topic_topics_slug_fk" FOREIGN KEY ("topic") REFERENCES "public"."topics"("slug") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects_locations" ADD CONSTRAINT "projects_locations_record_projects_id_fk" FOREIGN KEY ("record") REFERENCES "public"."projects"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects_locations" ADD CONSTRAINT "projects_locations_country_countries_code_fk" FOREIGN KEY ("country") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects_amounts" ADD CONSTRAINT "projects_amounts_record_projects_id_fk" FOREIGN KEY ("record") REFERENCES "public"."projects"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assistance_programs_sectors" ADD CONSTRAINT "assistance_programs_sectors_record_assistance_programs_id_fk" FOREIGN KEY ("record") REFERENCES "public"."assistance_programs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assistance_programs_sectors" ADD CONSTRAINT "assistance_programs_sectors_topic_topics_slug_fk" FOREIGN KEY ("topic") REFERENCES "public"."topics"("slug") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assistance_programs_locations" ADD CONSTRAINT "assistance_programs_locations_record_assistance_programs_id_fk" FOREIGN KEY ("record") REFERENCES "public"."assistance_programs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assistance_programs_locations" ADD CONSTRAINT "assistance_programs_locations_country_countries_code_fk" FOREIGN KEY ("country") REFERENCES "public"."countries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assistance_programs_amounts" ADD CONSTRAINT "assistance_programs_amounts_record_assistance_programs_id_fk" FOREIGN KEY ("record") REFERENCES "public"."assistance_programs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "agreements_territories_name_part" ON "agreements_territories" USING gin ((lower(plain_text("name"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "agreements_territories_country" ON "agreements_territories" USING btree ("country");--> statement-breakpoint
CREATE INDEX "agreements_territories_party" ON "agreements_territories" USING btree ("party");--> statement-breakpoint
CREATE INDEX "agreements_territories_status" ON "agreements_territories" USING btree ("status");--> statement-breakpoint
CREATE INDEX "projects_sectors_topic" ON "projects_sectors" USING btree ("topic");--> statement-breakpoint
CREATE INDEX "projects_locations_name_part" ON "projects_locations" USING gin ((lower(plain_text("name"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "projects_locations_country" ON "projects_locations" USING btree ("country");--> statement-breakpoint
CREATE INDEX "projects_amounts_kind" ON "projects_amounts" USING btree ("kind");--> statement-breakpoint
CREATE INDEX "projects_amounts_currency" ON "projects_amounts" USING btree ("currency");--> statement-breakpoint
CREATE INDEX "assistance_programs_sectors_topic" ON "assistance_programs_sectors" USING btree ("topic");--> statement-breakpoint
CREATE INDEX "assistance_programs_locations_name_part" ON "assistance_programs_locations" USING gin ((lower(plain_text("name"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "assistance_programs_locations_country" ON "assistance_programs_locations" USING btree ("country");--> statement-breakpoint
CREATE INDEX "assistance_programs_amounts_kind" ON "assistance_programs_amounts" USING btree ("kind");--> statement-breakpoint
CREATE INDEX "assistance_programs_amounts_currency" ON "assistance_programs_amounts" USING btree ("currency");--> statement-breakpoint
CREATE INDEX "agreements_adopted_on_order" ON "agreements" USING btree ((coalesce("adopted_on_earliest", 'infinity'::date)),"id","row_start");--> statement-breakpoint
CREATE INDEX "agreements_adopted_on_order_desc" ON "agreements" USING btree ((case when "adopted_on_earliest" is null then '-infinity'::date else greatest("adopted_on_earliest", '4713-11-24 BC'::date) end),"id","row_start");--> statement-breakpoint
CREATE INDEX "agreements_adopted_on_span" ON "agreements" USING gist ((edtf_span("adopted_on_earliest", "adopted_on_latest"))) WHERE "agreements"."adopted_on_earliest" is not null;--> statement-breakpoint
CREATE INDEX "agreements_depositary_part" ON "agreements" USING gin ((lower(plain_text("depositary"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "assistance_programs_modality_order_desc" ON "assistance_programs" USING btree ((coalesce("modality", '') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "assistance_programs_flow_type_order" ON "assistance_programs" USING btree ((coalesce("flow_type", U&'\+10FFFF') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "assistance_programs_flow_type_order_desc" ON "assistance_programs" USING btree ((coalesce("flow_type", '') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "assistance_programs_finance_type" ON "assistance_programs" USING btree ("finance_type");--> statement-breakpoint
CREATE INDEX "citations_source_record_id_part" ON "citations" USING gin ((lower(plain_text("source_record_id"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "assistance_programs_modality_order" ON "assistance_programs" USING btree ((coalesce("modality", U&'\+10FFFF') collate "C"),"id","row_start");--> statement-breakpoint
-- What the columns hold becomes the first item of the lists, since the records began to be as they are now.
INSERT INTO projects_locations (record, position, name, country, latitude, longitude, elevation_metres, row_start)
SELECT id, 0, location_name, location_country, location_latitude, location_longitude, location_elevation_metres, row_start
FROM projects
WHERE num_nonnulls(location_name, location_country, location_latitude, location_longitude, location_elevation_metres) > 0;
--> statement-breakpoint
INSERT INTO projects_amounts (record, position, kind, amount, currency, row_start)
SELECT id, 0, 'budget', budget_amount, budget_currency, row_start FROM projects WHERE budget_amount IS NOT NULL;
--> statement-breakpoint
INSERT INTO assistance_programs_locations
  (record, position, name, country, latitude, longitude, elevation_metres, row_start)
SELECT id, 0, location_name, location_country, location_latitude, location_longitude, location_elevation_metres, row_start
FROM assistance_programs
WHERE num_nonnulls(location_name, location_country, location_latitude, location_longitude, location_elevation_metres) > 0;
--> statement-breakpoint
INSERT INTO assistance_programs_amounts (record, position, kind, amount, currency, row_start)
SELECT id, 0, 'commitment', commitment_amount, commitment_currency, row_start FROM assistance_programs
WHERE commitment_amount IS NOT NULL;
--> statement-breakpoint
INSERT INTO assistance_programs_sectors (record, position, topic, row_start)
SELECT program.id, 0, topic.slug, program.row_start
FROM assistance_programs program JOIN topics topic ON topic.scheme = 'crs' AND topic.code = program.crs_purpose;
--> statement-breakpoint
ALTER TABLE "projects" DROP COLUMN "location_name";--> statement-breakpoint
ALTER TABLE "projects" DROP COLUMN "location_country";--> statement-breakpoint
ALTER TABLE "projects" DROP COLUMN "location_latitude";--> statement-breakpoint
ALTER TABLE "projects" DROP COLUMN "location_longitude";--> statement-breakpoint
ALTER TABLE "projects" DROP COLUMN "location_elevation_metres";--> statement-breakpoint
ALTER TABLE "projects" DROP COLUMN "budget_amount";--> statement-breakpoint
ALTER TABLE "projects" DROP COLUMN "budget_currency";--> statement-breakpoint
ALTER TABLE "assistance_programs" DROP COLUMN "location_name";--> statement-breakpoint
ALTER TABLE "assistance_programs" DROP COLUMN "location_country";--> statement-breakpoint
ALTER TABLE "assistance_programs" DROP COLUMN "location_latitude";--> statement-breakpoint
ALTER TABLE "assistance_programs" DROP COLUMN "location_longitude";--> statement-breakpoint
ALTER TABLE "assistance_programs" DROP COLUMN "location_elevation_metres";--> statement-breakpoint
ALTER TABLE "assistance_programs" DROP COLUMN "commitment_amount";--> statement-breakpoint
ALTER TABLE "assistance_programs" DROP COLUMN "commitment_currency";--> statement-breakpoint
ALTER TABLE "assistance_programs" DROP COLUMN "crs_purpose";--> statement-breakpoint
ALTER TABLE "assistance_programs" DROP COLUMN "crs_scheme";--> statement-breakpoint
ALTER TABLE "participation_actions" ADD CONSTRAINT "participation_actions_kind_known" CHECK ("participation_actions"."kind" in ('signed', 'ratified', 'accepted', 'approved', 'acceded', 'notified', 'entered_into_force', 'withdrew', 'other'));--> statement-breakpoint
ALTER TABLE "topics" ADD CONSTRAINT "topics_scheme_form" CHECK ("topics"."scheme" ~ '^[a-z0-9][a-z0-9._-]*$');--> statement-breakpoint
ALTER TABLE "agreements" ADD CONSTRAINT "agreements_alternative_titles_form" CHECK (is_alias_list("agreements"."alternative_titles"));--> statement-breakpoint
ALTER TABLE "agreements" ADD CONSTRAINT "agreements_kind_known" CHECK ("agreements"."kind" in ('treaty', 'convention', 'agreement', 'protocol', 'memorandum_of_understanding', 'joint_statement', 'strategic_partnership', 'cooperation_documents', 'dialogue_outcome', 'exchange_of_notes', 'declaration', 'amendment', 'resolution', 'other'));--> statement-breakpoint
ALTER TABLE "assistance_programs" ADD CONSTRAINT "assistance_programs_flow_type_known" CHECK ("assistance_programs"."flow_type" in ('oda', 'oof', 'non_export_credit_oof', 'export_credits', 'private_development_finance', 'private_market', 'private_direct_investment', 'other_private_flows', 'non_flow', 'other_flows'));--> statement-breakpoint
ALTER TABLE "assistance_programs" ADD CONSTRAINT "assistance_programs_finance_type_known" CHECK ("assistance_programs"."finance_type" in ('110', '1100', '111', '210', '211', '310', '311', '410', '411', '412', '413', '414', '421', '422', '423', '424', '425', '431', '432', '433', '451', '452', '453', '510', '511', '512', '520', '530', '610', '611', '612', '613', '614', '615', '616', '617', '618', '620', '621', '622', '623', '624', '625', '626', '627', '630', '631', '632', '633', '634', '635', '636', '637', '638', '639', '710', '711', '712', '810', '811', '910', '911', '912', '913'));
