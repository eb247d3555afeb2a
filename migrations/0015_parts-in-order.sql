DROP INDEX "external_ids_agreement_id";--> statement-breakpoint
DROP INDEX "external_ids_project_id";--> statement-breakpoint
DROP INDEX "external_ids_cooperation_base_id";--> statement-breakpoint
DROP INDEX "external_ids_assistance_program_id";--> statement-breakpoint
DROP INDEX "external_ids_organization_id";--> statement-breakpoint
DROP INDEX "external_ids_source_id";--> statement-breakpoint
DROP INDEX "external_ids_citation_id";--> statement-breakpoint
DROP INDEX "external_ids_figure_id";--> statement-breakpoint
DROP INDEX "participations_agreement";--> statement-breakpoint
DROP INDEX "participations_project";--> statement-breakpoint
DROP INDEX "participations_cooperation_base";--> statement-breakpoint
DROP INDEX "participations_assistance_program";--> statement-breakpoint
DROP INDEX "topic_links_agreement";--> statement-breakpoint
DROP INDEX "topic_links_project";--> statement-breakpoint
DROP INDEX "topic_links_cooperation_base";--> statement-breakpoint
DROP INDEX "topic_links_assistance_program";--> statement-breakpoint
CREATE INDEX "external_ids_agreement_id" ON "external_ids" USING btree ("agreement_id","position") WHERE "agreement_id" is not null;--> statement-breakpoint
CREATE INDEX "external_ids_project_id" ON "external_ids" USING btree ("project_id","position") WHERE "project_id" is not null;--> statement-breakpoint
CREATE INDEX "external_ids_cooperation_base_id" ON "external_ids" USING btree ("cooperation_base_id","position") WHERE "cooperation_base_id" is not null;--> statement-breakpoint
CREATE INDEX "external_ids_assistance_program_id" ON "external_ids" USING btree ("assistance_program_id","position") WHERE "assistance_program_id" is not null;--> statement-breakpoint
CREATE INDEX "external_ids_organization_id" ON "external_ids" USING btree ("organization_id","position") WHERE "organization_id" is not null;--> statement-breakpoint
CREATE INDEX "external_ids_source_id" ON "external_ids" USING btree ("source_id","position") WHERE "source_id" is not null;--> statement-breakpoint
CREATE INDEX "external_ids_citation_id" ON "external_ids" USING btree ("citation_id","position") WHERE "citation_id" is not null;--> statement-breakpoint
CREATE INDEX "external_ids_figure_id" ON "external_ids" USING btree ("figure_id","position") WHERE "figure_id" is not null;--> statement-breakpoint
CREATE INDEX "participations_agreement" ON "participations" USING btree ("agreement_id","position") WHERE "agreement_id" is not null;--> statement-breakpoint
CREATE INDEX "participations_project" ON "participations" USING btree ("project_id","position") WHERE "project_id" is not null;--> statement-breakpoint
CREATE INDEX "participations_cooperation_base" ON "participations" USING btree ("cooperation_base_id","position") WHERE "cooperation_base_id" is not null;--> statement-breakpoint
CREATE INDEX "participations_assistance_program" ON "participations" USING btree ("assistance_program_id","position") WHERE "assistance_program_id" is not null;--> statement-breakpoint
CREATE INDEX "topic_links_agreement" ON "topic_links" USING btree ("agreement_id","position") WHERE "agreement_id" is not null;--> statement-breakpoint
CREATE INDEX "topic_links_project" ON "topic_links" USING btree ("project_id","position") WHERE "project_id" is not null;--> statement-breakpoint
CREATE INDEX "topic_links_cooperation_base" ON "topic_links" USING btree ("cooperation_base_id","position") WHERE "cooperation_base_id" is not null;--> statement-breakpoint
CREATE INDEX "topic_links_assistance_program" ON "topic_links" USING btree ("assistance_program_id","position") WHERE "assistance_program_id" is not null;