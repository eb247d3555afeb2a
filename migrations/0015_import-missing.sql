CREATE TABLE "import_missing" (
	"import" uuid NOT NULL,
	"resource" text NOT NULL,
	"key" text NOT NULL,
	"external_id" text NOT NULL,
	CONSTRAINT "import_missing_pkey" PRIMARY KEY("import","resource","key")
);
--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "cleared" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "import_missing" ADD CONSTRAINT "import_missing_import" FOREIGN KEY ("import") REFERENCES "public"."imports"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
COMMENT ON TABLE import_missing IS 'unversioned: a part of the report of an import';
