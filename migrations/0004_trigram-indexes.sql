CREATE INDEX "agreement_documents_title_part" ON "agreement_documents" USING gin ((lower(plain_text("title"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "agreements_beginning" ON "agreements" USING btree ((left(lower(plain_text("title")), 200) collate "C"));--> statement-breakpoint
CREATE INDEX "agreements_wide_pairs" ON "agreements" USING gin ((wide_pairs(lower(plain_text("title")))));--> statement-breakpoint
CREATE INDEX "agreements_title_part" ON "agreements" USING gin ((lower(plain_text("title"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "agreements_summary_part" ON "agreements" USING gin ((lower(plain_text("summary"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "agreements_place_part" ON "agreements" USING gin ((lower(plain_text("place"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "agreements_occasion_part" ON "agreements" USING gin ((lower(plain_text("occasion"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "assistance_programs_beginning" ON "assistance_programs" USING btree ((left(lower(plain_text("title")), 200) collate "C"));--> statement-breakpoint
CREATE INDEX "assistance_programs_wide_pairs" ON "assistance_programs" USING gin ((wide_pairs(lower(plain_text("title")))));--> statement-breakpoint
CREATE INDEX "assistance_programs_title_part" ON "assistance_programs" USING gin ((lower(plain_text("title"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "assistance_programs_summary_part" ON "assistance_programs" USING gin ((lower(plain_text("summary"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "citations_beginning" ON "citations" USING btree ((left(lower(plain_text("excerpt")), 200) collate "C"));--> statement-breakpoint
CREATE INDEX "citations_wide_pairs" ON "citations" USING gin ((wide_pairs(lower(plain_text("excerpt")))));--> statement-breakpoint
CREATE INDEX "citations_excerpt_part" ON "citations" USING gin ((lower(plain_text("excerpt"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "citations_note_part" ON "citations" USING gin ((lower(plain_text("note"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "cooperation_bases_beginning" ON "cooperation_bases" USING btree ((left(lower(plain_text("name")), 200) collate "C"));--> statement-breakpoint
CREATE INDEX "cooperation_bases_wide_pairs" ON "cooperation_bases" USING gin ((wide_pairs(lower(plain_text("name")))));--> statement-breakpoint
CREATE INDEX "cooperation_bases_name_part" ON "cooperation_bases" USING gin ((lower(plain_text("name"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "cooperation_bases_summary_part" ON "cooperation_bases" USING gin ((lower(plain_text("summary"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "countries_beginning" ON "countries" USING btree ((left(lower(plain_text("name")), 200) collate "C"));--> statement-breakpoint
CREATE INDEX "countries_wide_pairs" ON "countries" USING gin ((wide_pairs(lower(plain_text(name_lines("name", "official_name", "aliases"))))));--> statement-breakpoint
CREATE INDEX "countries_names" ON "countries" USING gin ((string_to_array(lower(plain_text(name_lines("name", "official_name", "aliases"))), U&'\000A')));--> statement-breakpoint
CREATE INDEX "countries_names_part" ON "countries" USING gin ((lower(plain_text(name_lines("name", "official_name", "aliases")))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "countries_name_part" ON "countries" USING gin ((lower(plain_text("name"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "countries_official_name_part" ON "countries" USING gin ((lower(plain_text("official_name"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "external_ids_id_part" ON "external_ids" USING gin ((lower(plain_text("id"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "figures_beginning" ON "figures" USING btree ((left(lower(plain_text("title")), 200) collate "C"));--> statement-breakpoint
CREATE INDEX "figures_wide_pairs" ON "figures" USING gin ((wide_pairs(lower(plain_text("title")))));--> statement-breakpoint
CREATE INDEX "figures_title_part" ON "figures" USING gin ((lower(plain_text("title"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "figures_unit_part" ON "figures" USING gin ((lower(plain_text("unit"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "organizations_beginning" ON "organizations" USING btree ((left(lower(plain_text("name")), 200) collate "C"));--> statement-breakpoint
CREATE INDEX "organizations_wide_pairs" ON "organizations" USING gin ((wide_pairs(lower(plain_text(name_lines("name", "acronym", "aliases"))))));--> statement-breakpoint
CREATE INDEX "organizations_names" ON "organizations" USING gin ((string_to_array(lower(plain_text(name_lines("name", "acronym", "aliases"))), U&'\000A')));--> statement-breakpoint
CREATE INDEX "organizations_names_part" ON "organizations" USING gin ((lower(plain_text(name_lines("name", "acronym", "aliases")))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "organizations_name_part" ON "organizations" USING gin ((lower(plain_text("name"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "organizations_acronym_part" ON "organizations" USING gin ((lower(plain_text("acronym"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "participations_signatory_part" ON "participations" USING gin ((lower(plain_text("signatory"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "participations_contribution_part" ON "participations" USING gin ((lower(plain_text("contribution"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "projects_beginning" ON "projects" USING btree ((left(lower(plain_text("title")), 200) collate "C"));--> statement-breakpoint
CREATE INDEX "projects_wide_pairs" ON "projects" USING gin ((wide_pairs(lower(plain_text("title")))));--> statement-breakpoint
CREATE INDEX "projects_title_part" ON "projects" USING gin ((lower(plain_text("title"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "projects_summary_part" ON "projects" USING gin ((lower(plain_text("summary"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "projects_outcomes_part" ON "projects" USING gin ((lower(plain_text("outcomes"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "regions_beginning" ON "regions" USING btree ((left(lower(plain_text("name")), 200) collate "C"));--> statement-breakpoint
CREATE INDEX "regions_wide_pairs" ON "regions" USING gin ((wide_pairs(lower(plain_text(name_lines("name", null, "aliases"))))));--> statement-breakpoint
CREATE INDEX "regions_names" ON "regions" USING gin ((string_to_array(lower(plain_text(name_lines("name", null, "aliases"))), U&'\000A')));--> statement-breakpoint
CREATE INDEX "regions_names_part" ON "regions" USING gin ((lower(plain_text(name_lines("name", null, "aliases")))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "regions_name_part" ON "regions" USING gin ((lower(plain_text("name"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "sources_beginning" ON "sources" USING btree ((left(lower(plain_text("title")), 200) collate "C"));--> statement-breakpoint
CREATE INDEX "sources_wide_pairs" ON "sources" USING gin ((wide_pairs(lower(plain_text("title")))));--> statement-breakpoint
CREATE INDEX "sources_title_part" ON "sources" USING gin ((lower(plain_text("title"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "sources_author_part" ON "sources" USING gin ((lower(plain_text("author"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "sources_interviewee_part" ON "sources" USING gin ((lower(plain_text("interviewee"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "sources_occasion_part" ON "sources" USING gin ((lower(plain_text("occasion"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "sources_context_part" ON "sources" USING gin ((lower(plain_text("context"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "sources_publisher_part" ON "sources" USING gin ((lower(plain_text("publisher"))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "topics_beginning" ON "topics" USING btree ((left(lower(plain_text("name")), 200) collate "C"));--> statement-breakpoint
CREATE INDEX "topics_wide_pairs" ON "topics" USING gin ((wide_pairs(lower(plain_text(name_lines("name", null, "aliases"))))));--> statement-breakpoint
CREATE INDEX "topics_names" ON "topics" USING gin ((string_to_array(lower(plain_text(name_lines("name", null, "aliases"))), U&'\000A')));--> statement-breakpoint
CREATE INDEX "topics_names_part" ON "topics" USING gin ((lower(plain_text(name_lines("name", null, "aliases")))) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "topics_name_part" ON "topics" USING gin ((lower(plain_text("name"))) gin_trgm_ops);