DROP INDEX "external_ids_unique";--> statement-breakpoint
CREATE UNIQUE INDEX "external_ids_unique" ON "external_ids" USING btree ("scheme",lower(normalize("id", NFKC)),"resource");
