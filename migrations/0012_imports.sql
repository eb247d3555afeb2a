CREATE TABLE "import_decisions" (
	"scheme" text NOT NULL,
	"identity" text NOT NULL,
	"resource" text NOT NULL,
	"name" text NOT NULL,
	"country" text,
	"key" text,
	"actor" json NOT NULL,
	"decided_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "import_decisions_pkey" PRIMARY KEY("scheme","identity")
);
--> statement-breakpoint
CREATE TABLE "import_files" (
	"import" uuid NOT NULL,
	"file" integer NOT NULL,
	"part" integer NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "import_files_pkey" PRIMARY KEY("import","file","part")
);
--> statement-breakpoint
CREATE TABLE "import_names" (
	"import" uuid NOT NULL,
	"identity" text NOT NULL,
	"mention" json NOT NULL,
	"rows" integer NOT NULL,
	"status" text,
	"key" text,
	"candidates" json,
	CONSTRAINT "import_names_pkey" PRIMARY KEY("import","identity")
);
--> statement-breakpoint
CREATE TABLE "import_records" (
	"sequence" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "import_records_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"import" uuid NOT NULL,
	"scheme" text NOT NULL,
	"resource" text NOT NULL,
	"key" text NOT NULL,
	"row" integer,
	"action" text NOT NULL,
	"version_before" integer,
	"version_after" integer NOT NULL,
	"digest" text NOT NULL,
	"properties" json NOT NULL,
	"kept" text[],
	"citation" text,
	"undone" boolean DEFAULT false NOT NULL,
	CONSTRAINT "import_records_action_known" CHECK ("import_records"."action" in ('create', 'change', 'none'))
);
--> statement-breakpoint
CREATE TABLE "import_rows" (
	"import" uuid NOT NULL,
	"position" integer NOT NULL,
	"locator" text NOT NULL,
	"state" text NOT NULL,
	"values" json NOT NULL,
	"ids" text[],
	"drafts" json,
	"faults" json,
	CONSTRAINT "import_rows_pkey" PRIMARY KEY("import","position"),
	CONSTRAINT "import_rows_state_known" CHECK ("import_rows"."state" in ('ready', 'refused', 'blocked', 'skipped', 'waiting'))
);
--> statement-breakpoint
CREATE TABLE "imports" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
	"scheme" text NOT NULL,
	"state" text NOT NULL,
	"mapping" text NOT NULL,
	"files" json NOT NULL,
	"facts" json,
	"commits_itself" boolean DEFAULT false NOT NULL,
	"rows_read" integer,
	"done_through" integer DEFAULT 0 NOT NULL,
	"pass" integer DEFAULT 0 NOT NULL,
	"counts" json DEFAULT '{}'::json NOT NULL,
	"report" json,
	"source" text,
	"actor" json NOT NULL,
	"request_id" text,
	"failure" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"staged_at" timestamp (3) with time zone,
	"committed_at" timestamp (3) with time zone,
	"undone_at" timestamp (3) with time zone,
	CONSTRAINT "imports_state_known" CHECK ("imports"."state" in ('uploaded', 'staging', 'staged', 'committing', 'committed', 'undoing', 'undone', 'failed'))
);
--> statement-breakpoint
ALTER TABLE "import_files" ADD CONSTRAINT "import_files_import" FOREIGN KEY ("import") REFERENCES "public"."imports"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_names" ADD CONSTRAINT "import_names_import" FOREIGN KEY ("import") REFERENCES "public"."imports"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "import_records_import_index" ON "import_records" USING btree ("import","sequence");--> statement-breakpoint
CREATE INDEX "import_records_record" ON "import_records" USING btree ("resource","key","scheme","sequence");--> statement-breakpoint
CREATE INDEX "import_rows_open" ON "import_rows" USING btree ("import","state","position") WHERE "import_rows"."state" <> 'ready';--> statement-breakpoint
CREATE INDEX "imports_scheme" ON "imports" USING btree ("scheme","id");--> statement-breakpoint
CREATE INDEX "imports_state" ON "imports" USING btree ("state");
--> statement-breakpoint
COMMENT ON TABLE imports IS 'unversioned: no part of the registry; the records that an import writes have a history';
--> statement-breakpoint
COMMENT ON TABLE import_files IS 'unversioned: files that wait to be read';
--> statement-breakpoint
COMMENT ON TABLE import_rows IS 'unversioned: rows of files, which do not change';
--> statement-breakpoint
COMMENT ON TABLE import_names IS 'unversioned: names in files';
--> statement-breakpoint
COMMENT ON TABLE import_decisions IS 'unversioned: no part of the registry';
--> statement-breakpoint
COMMENT ON TABLE import_records IS 'unversioned: only added to, and a history itself';
