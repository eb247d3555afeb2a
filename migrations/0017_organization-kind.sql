-- The kind of an organization has the name that it has everywhere else.
ALTER TABLE "public"."organizations" RENAME COLUMN "type" TO "kind";--> statement-breakpoint
ALTER TABLE IF EXISTS "history"."organizations" RENAME COLUMN "type" TO "kind";--> statement-breakpoint
ALTER TABLE "organizations" DROP CONSTRAINT "organizations_type_known";--> statement-breakpoint
DROP INDEX "organizations_type_order";--> statement-breakpoint
DROP INDEX "organizations_dimensions";--> statement-breakpoint
CREATE INDEX "organizations_kind_order" ON "organizations" USING btree (("kind" collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "organizations_dimensions" ON "organizations" USING btree ("id","kind");--> statement-breakpoint
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_kind_known" CHECK ("organizations"."kind" in ('government', 'local_government', 'other_public_sector', 'international_ngo', 'national_ngo', 'regional_ngo', 'partner_country_ngo', 'public_private_partnership', 'multilateral', 'foundation', 'private_sector', 'private_sector_provider', 'private_sector_recipient', 'private_sector_third', 'academic', 'other'));--> statement-breakpoint

-- Citations of the property name it as it is named now, also in the past. Their revisions keep what they said.
UPDATE "citations" SET "property" = '/kind' WHERE "property" = '/type' AND "cited_resource" = 'organizations';--> statement-breakpoint
DO $do$
BEGIN
  IF to_regclass('history.citations') IS NOT NULL THEN
    UPDATE "history"."citations" SET "property" = '/kind' WHERE "property" = '/type' AND "cited_resource" = 'organizations';
  END IF;
END
$do$;
--> statement-breakpoint

-- What imports have written, by property: otherwise the next import would take the property for one that people have changed.
UPDATE "import_records" SET
  "properties" = (("properties"::jsonb - 'type') || jsonb_build_object('kind', "properties" -> 'type'))::json,
  "kept" = array_replace("kept", 'type', 'kind')
WHERE "resource" = 'organizations' AND "properties"::jsonb ? 'type';
