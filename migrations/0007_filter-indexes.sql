DROP INDEX "cooperation_bases_by_unit_count";--> statement-breakpoint
CREATE INDEX "agreements_signed_on_span" ON "agreements" USING gist ((edtf_span("signed_on_earliest", "signed_on_latest"))) WHERE "agreements"."signed_on_earliest" is not null;--> statement-breakpoint
CREATE INDEX "agreements_provisional_from_span" ON "agreements" USING gist ((edtf_span("provisional_from_earliest", "provisional_from_latest"))) WHERE "agreements"."provisional_from_earliest" is not null;--> statement-breakpoint
CREATE INDEX "agreements_in_force_from_span" ON "agreements" USING gist ((edtf_span("in_force_from_earliest", "in_force_from_latest"))) WHERE "agreements"."in_force_from_earliest" is not null;--> statement-breakpoint
CREATE INDEX "agreements_expires_on_span" ON "agreements" USING gist ((edtf_span("expires_on_earliest", "expires_on_latest"))) WHERE "agreements"."expires_on_earliest" is not null;--> statement-breakpoint
CREATE INDEX "agreements_terminated_on_span" ON "agreements" USING gist ((edtf_span("terminated_on_earliest", "terminated_on_latest"))) WHERE "agreements"."terminated_on_earliest" is not null;--> statement-breakpoint
CREATE INDEX "agreements_renewal" ON "agreements" USING btree ("renewal");--> statement-breakpoint
CREATE INDEX "assistance_programs_starts_on_span" ON "assistance_programs" USING gist ((edtf_span("starts_on_earliest", "starts_on_latest"))) WHERE "assistance_programs"."starts_on_earliest" is not null;--> statement-breakpoint
CREATE INDEX "assistance_programs_ends_on_span" ON "assistance_programs" USING gist ((edtf_span("ends_on_earliest", "ends_on_latest"))) WHERE "assistance_programs"."ends_on_earliest" is not null;--> statement-breakpoint
CREATE INDEX "assistance_programs_commitment_currency" ON "assistance_programs" USING btree ("commitment_currency");--> statement-breakpoint
CREATE INDEX "assistance_programs_aid_type" ON "assistance_programs" USING btree ("aid_type");--> statement-breakpoint
CREATE INDEX "citations_paragraph" ON "citations" USING btree ("paragraph");--> statement-breakpoint
CREATE INDEX "citations_page" ON "citations" USING btree ("page");--> statement-breakpoint
CREATE INDEX "cooperation_bases_designated_on_span" ON "cooperation_bases" USING gist ((edtf_span("designated_on_earliest", "designated_on_latest"))) WHERE "cooperation_bases"."designated_on_earliest" is not null;--> statement-breakpoint
CREATE INDEX "participation_actions_date_span" ON "participation_actions" USING gist ((edtf_span("date_earliest", "date_latest"))) WHERE "participation_actions"."date_earliest" is not null;--> statement-breakpoint
CREATE INDEX "projects_starts_on_span" ON "projects" USING gist ((edtf_span("starts_on_earliest", "starts_on_latest"))) WHERE "projects"."starts_on_earliest" is not null;--> statement-breakpoint
CREATE INDEX "projects_ends_on_span" ON "projects" USING gist ((edtf_span("ends_on_earliest", "ends_on_latest"))) WHERE "projects"."ends_on_earliest" is not null;--> statement-breakpoint
CREATE INDEX "projects_budget_currency" ON "projects" USING btree ("budget_currency");--> statement-breakpoint
CREATE INDEX "cooperation_bases_by_unit_count" ON "cooperation_bases" USING btree ((("unit_count")::numeric),"id");