-- PostgreSQL takes words that are joined by a slash or a point as one word, such as a path or a host name, and the second year of
-- `2014-2020` as a negative number. Returns the text with the parts of such words added at its end, so that searches find them.
CREATE FUNCTION with_joined_words(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  -- Abbreviations such as `U.S.` stay whole. Without lookbehind, which takes quadratic time.
  joint CONSTANT text := '[[:alnum:]]/[[:alnum:]]|[[:alpha:]]{2}\.[[:alpha:]]{2}|[[:alnum:]]-[[:digit:]]';
BEGIN
  IF value !~ joint THEN
    RETURN value;
  END IF;
  RETURN value || (
    SELECT coalesce(string_agg(' ' || regexp_replace(
      translate(run, '/', ' '), '([[:alpha:]]{2})\.(?=[[:alpha:]]{2})|-(?=[[:digit:]])', '\1 ', 'g'), ''), '')
    FROM regexp_matches(value, '[[:alnum:]]+(?:[-./][[:alnum:]]+)+', 'g') AS found(list), unnest(list) AS run
    WHERE run ~ joint
  );
END
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION character_words(value text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
BEGIN
  RETURN to_tsvector('pg_catalog.english', public.separate_characters(public.with_joined_words(public.plain_text(value))));
END
$$;
--> statement-breakpoint
ALTER TABLE "agreements" DROP COLUMN "search";--> statement-breakpoint
ALTER TABLE "assistance_programs" DROP COLUMN "search";--> statement-breakpoint
ALTER TABLE "citations" DROP COLUMN "search";--> statement-breakpoint
ALTER TABLE "cooperation_bases" DROP COLUMN "search";--> statement-breakpoint
ALTER TABLE "countries" DROP COLUMN "search";--> statement-breakpoint
ALTER TABLE "figures" DROP COLUMN "search";--> statement-breakpoint
ALTER TABLE "organizations" DROP COLUMN "search";--> statement-breakpoint
ALTER TABLE "projects" DROP COLUMN "search";--> statement-breakpoint
ALTER TABLE "regions" DROP COLUMN "search";--> statement-breakpoint
ALTER TABLE "sources" DROP COLUMN "search";--> statement-breakpoint
ALTER TABLE "topics" DROP COLUMN "search";--> statement-breakpoint
ALTER TABLE "agreements" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', with_joined_words(plain_text(title))), 'A') || setweight(to_tsvector('english', with_joined_words(plain_text(alias_names(alternative_titles)))), 'A') || setweight(to_tsvector('english', with_joined_words(plain_text(place))), 'B') || setweight(to_tsvector('english', with_joined_words(plain_text(occasion))), 'B') || setweight(to_tsvector('english', with_joined_words(plain_text(summary))), 'B')) STORED;--> statement-breakpoint
ALTER TABLE "assistance_programs" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', with_joined_words(plain_text(title))), 'A') || setweight(to_tsvector('english', with_joined_words(plain_text(summary))), 'B')) STORED;--> statement-breakpoint
ALTER TABLE "citations" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', with_joined_words(plain_text(excerpt))), 'A') || setweight(to_tsvector('english', with_joined_words(plain_text(note))), 'B')) STORED;--> statement-breakpoint
ALTER TABLE "cooperation_bases" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', with_joined_words(plain_text(name))), 'A') || setweight(to_tsvector('english', with_joined_words(plain_text(summary))), 'B') || setweight(to_tsvector('english', with_joined_words(plain_text(location_name))), 'B')) STORED;--> statement-breakpoint
ALTER TABLE "countries" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', with_joined_words(plain_text(name))), 'A') || setweight(to_tsvector('english', with_joined_words(plain_text(official_name))), 'A') || setweight(to_tsvector('english', with_joined_words(plain_text(alias_names(aliases)))), 'A')) STORED;--> statement-breakpoint
ALTER TABLE "figures" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', with_joined_words(plain_text(title))), 'A') || setweight(to_tsvector('english', with_joined_words(plain_text(unit))), 'B')) STORED;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', with_joined_words(plain_text(name))), 'A') || setweight(to_tsvector('english', with_joined_words(plain_text(acronym))), 'A') || setweight(to_tsvector('english', with_joined_words(plain_text(alias_names(aliases)))), 'A')) STORED;--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', with_joined_words(plain_text(title))), 'A') || setweight(to_tsvector('english', with_joined_words(plain_text(summary))), 'B') || setweight(to_tsvector('english', with_joined_words(plain_text(outcomes))), 'B')) STORED;--> statement-breakpoint
ALTER TABLE "regions" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', with_joined_words(plain_text(name))), 'A') || setweight(to_tsvector('english', with_joined_words(plain_text(alias_names(aliases)))), 'A')) STORED;--> statement-breakpoint
ALTER TABLE "sources" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', with_joined_words(plain_text(title))), 'A') || setweight(to_tsvector('english', with_joined_words(plain_text(publisher))), 'B') || setweight(to_tsvector('english', with_joined_words(plain_text(author))), 'B') || setweight(to_tsvector('english', with_joined_words(plain_text(interviewee))), 'B') || setweight(to_tsvector('english', with_joined_words(plain_text(occasion))), 'B') || setweight(to_tsvector('english', with_joined_words(plain_text(context))), 'B')) STORED;--> statement-breakpoint
ALTER TABLE "topics" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', with_joined_words(plain_text(name))), 'A') || setweight(to_tsvector('english', with_joined_words(plain_text(alias_names(aliases)))), 'A')) STORED;--> statement-breakpoint
CREATE INDEX "agreements_search" ON "agreements" USING gin ("search");--> statement-breakpoint
CREATE INDEX "assistance_programs_search" ON "assistance_programs" USING gin ("search");--> statement-breakpoint
CREATE INDEX "citations_search" ON "citations" USING gin ("search");--> statement-breakpoint
CREATE INDEX "cooperation_bases_search" ON "cooperation_bases" USING gin ("search");--> statement-breakpoint
CREATE INDEX "countries_search" ON "countries" USING gin ("search");--> statement-breakpoint
CREATE INDEX "figures_search" ON "figures" USING gin ("search");--> statement-breakpoint
CREATE INDEX "organizations_search" ON "organizations" USING gin ("search");--> statement-breakpoint
CREATE INDEX "projects_search" ON "projects" USING gin ("search");--> statement-breakpoint
CREATE INDEX "regions_search" ON "regions" USING gin ("search");--> statement-breakpoint
CREATE INDEX "sources_search" ON "sources" USING gin ("search");--> statement-breakpoint
CREATE INDEX "topics_search" ON "topics" USING gin ("search");
--> statement-breakpoint
-- The columns of an older database, before its twins in the schema `history` are changed.
SELECT sync_history(false);
--> statement-breakpoint
-- The twins have copies of the column `search`, and the indexes of `character_words` its former values.
DO $$
DECLARE
  changed record;
BEGIN
  FOR changed IN
    SELECT relname AS table_name, pg_get_expr(adbin, adrelid) AS expression
    FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum AND attname = 'search'
    JOIN pg_class ON pg_class.oid = adrelid AND relnamespace = 'public'::regnamespace
    WHERE to_regclass(format('history.%I', relname)) IS NOT NULL
  LOOP
    EXECUTE format('UPDATE history.%I SET search = %s', changed.table_name, changed.expression);
  END LOOP;
  FOR changed IN
    SELECT indexrelid::regclass AS name FROM pg_index
    WHERE pg_get_indexdef(indexrelid) LIKE '%character\_words(%'
  LOOP
    EXECUTE format('REINDEX INDEX %s', changed.name);
  END LOOP;
END
$$;
