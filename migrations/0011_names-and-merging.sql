ALTER TABLE "revisions" DROP CONSTRAINT "revisions_operation_known";--> statement-breakpoint
ALTER TABLE "records" DROP CONSTRAINT "records_merged_into_records_id_fk";
--> statement-breakpoint
DROP INDEX "countries_alpha2_order";--> statement-breakpoint
ALTER TABLE "countries" ALTER COLUMN "alpha2" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "revisions" ADD COLUMN "merged_into" text;--> statement-breakpoint
ALTER TABLE "records" ADD CONSTRAINT "records_merged_into_records_id_fk" FOREIGN KEY ("merged_into") REFERENCES "public"."records"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "countries_alpha2_order_desc" ON "countries" USING btree ((coalesce("alpha2", '') collate "C"),"id","row_start");--> statement-breakpoint
CREATE INDEX "countries_alpha2_order" ON "countries" USING btree ((coalesce("alpha2", U&'\+10FFFF') collate "C"),"id","row_start");--> statement-breakpoint
ALTER TABLE "revisions" ADD CONSTRAINT "revisions_operation_known" CHECK ("revisions"."operation" in ('create', 'replace', 'patch', 'remove', 'restore', 'redact', 'merge'));
--> statement-breakpoint

-- The row of a merged record stays in `records`, to which citations refer: the foreign key alone would let them cite it. The
-- trigger comes after that of the foreign key, by its name, so it sees a merge for which that one has waited.
CREATE FUNCTION refuse_merged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM public.records WHERE id = NEW.cited_record AND merged_into IS NOT NULL) THEN
    RAISE EXCEPTION 'the cited record % was merged into another one', NEW.cited_record USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER zz_refuse_merged AFTER INSERT OR UPDATE OF cited_record ON citations
  FOR EACH ROW EXECUTE FUNCTION refuse_merged();
