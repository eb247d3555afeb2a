-- Scripts without spaces between words: Chinese, Japanese, Thai, Lao, Tibetan, Burmese and Khmer. Korean has spaces, but
-- particles follow the words. PostgreSQL takes a run of such characters as one word. Most texts have none.
CREATE FUNCTION has_unspaced(value text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN octet_length(value) <> length(value)
    AND value ~ '[\u0e00-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f\U00020000-\U000323af]';
END
$$;
--> statement-breakpoint
-- The text with each such character between two characters 1, which no text has. So each is a word, and websearch_to_tsquery
-- takes a run of them as a phrase.
CREATE FUNCTION separate_characters(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF octet_length(value) = length(value) THEN
    RETURN value;
  END IF;
  RETURN regexp_replace(
    value,
    '([\u0e00-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f\U00020000-\U000323af])',
    E'\x01\\1\x01', 'g'
  );
END
$$;
--> statement-breakpoint
CREATE FUNCTION character_words(value text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
BEGIN
  RETURN to_tsvector('pg_catalog.english', public.separate_characters(public.plain_text(value)));
END
$$;
--> statement-breakpoint
-- A text with the words of a query marked (between the characters 2 and 3). Characters of scripts without spaces are marked
-- only in the runs that the query has, since single ones occur in many other words.
CREATE FUNCTION mark_words(value text, words tsquery, options text) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  separated CONSTANT text := public.separate_characters(value);
  marked text := ts_headline('public.accented_english', separated, words,
    options || ', StartSel="' || chr(2) || '", StopSel="' || chr(3) || '"');
  runs text;
BEGIN
  IF separated = value THEN
    RETURN marked;
  END IF;
  marked := translate(regexp_replace(marked, '\x02([^\x01-\x7f])\x03', '\1', 'g'), chr(1), '');
  SELECT string_agg(run, '|') INTO runs
  FROM regexp_matches(replace(words::text, ''' <-> ''', ''), '[^\x01-\x7f]+', 'g') AS found(list), unnest(list) AS run
  WHERE public.has_unspaced(run);
  RETURN CASE WHEN runs IS NULL THEN marked ELSE regexp_replace(marked, runs, E'\x02\\&\x03', 'g') END;
END
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION mark_name(name text, words tsquery, part text) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  marked text := public.mark_words(name, words, 'HighlightAll=true');
  folded text := lower(public.plain_text(name));
  at int := strpos(folded, part);
  word text;
BEGIN
  IF strpos(marked, chr(2)) > 0 THEN
    RETURN marked;
  END IF;
  -- Folding may change the length of a text ("½" is "1/2"), and then places do not correspond.
  IF at > 0 AND length(folded) = length(name) THEN
    RETURN overlay(name PLACING chr(2) || substr(name, at, length(part)) || chr(3) FROM at FOR length(part));
  END IF;
  SELECT candidate INTO word
  FROM regexp_split_to_table(name, '[[:space:][:punct:]]+') AS candidate
  WHERE candidate <> '' AND public.word_similarity(lower(public.plain_text(candidate)), part) > 0.3
  ORDER BY public.word_similarity(lower(public.plain_text(candidate)), part) DESC
  LIMIT 1;
  IF word IS NULL THEN
    RETURN name;
  END IF;
  RETURN overlay(name PLACING chr(2) || word || chr(3) FROM strpos(name, word) FOR length(word));
END
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION search_snippet(name text, prose text, words tsquery, part text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  marks CONSTANT text := chr(1) || chr(2) || chr(3);
  snippet text := public.mark_name(translate(name, marks, ''), words, part);
  quoted text;
BEGIN
  IF strpos(snippet, chr(2)) = 0 AND prose <> '' THEN
    -- A character is a word in scripts without spaces, and shorter than most words.
    quoted := public.mark_words(translate(prose, marks, ''), words, 'MaxFragments=2, FragmentDelimiter=" … ", '
      || CASE WHEN public.has_unspaced(prose) THEN 'MaxWords=40, MinWords=16, ShortWord=0' ELSE 'MaxWords=20, MinWords=8' END);
    IF strpos(quoted, chr(2)) > 0 THEN
      snippet := quoted;
    END IF;
  END IF;
  snippet := replace(replace(replace(snippet, '&', '&amp;'), '<', '&lt;'), '>', '&gt;');
  snippet := replace(replace(snippet, '"', '&quot;'), '''', '&#39;');
  RETURN replace(replace(snippet, chr(2), '<mark>'), chr(3), '</mark>');
END
$$;
--> statement-breakpoint
CREATE INDEX "agreements_character_words" ON "agreements" USING gin ((character_words(coalesce(title, '') || U&'\000A' || coalesce(alias_names(alternative_titles), '') || U&'\000A' || coalesce(place, '') || U&'\000A' || coalesce(occasion, '') || U&'\000A' || coalesce(summary, '')))) WHERE has_unspaced(coalesce(title, '') || U&'\000A' || coalesce(alias_names(alternative_titles), '') || U&'\000A' || coalesce(place, '') || U&'\000A' || coalesce(occasion, '') || U&'\000A' || coalesce(summary, ''));--> statement-breakpoint
CREATE INDEX "assistance_programs_character_words" ON "assistance_programs" USING gin ((character_words(coalesce(title, '') || U&'\000A' || coalesce(summary, '')))) WHERE has_unspaced(coalesce(title, '') || U&'\000A' || coalesce(summary, ''));--> statement-breakpoint
CREATE INDEX "citations_character_words" ON "citations" USING gin ((character_words(coalesce(excerpt, '') || U&'\000A' || coalesce(note, '')))) WHERE has_unspaced(coalesce(excerpt, '') || U&'\000A' || coalesce(note, ''));--> statement-breakpoint
CREATE INDEX "cooperation_bases_character_words" ON "cooperation_bases" USING gin ((character_words(coalesce(name, '') || U&'\000A' || coalesce(summary, '') || U&'\000A' || coalesce(location_name, '')))) WHERE has_unspaced(coalesce(name, '') || U&'\000A' || coalesce(summary, '') || U&'\000A' || coalesce(location_name, ''));--> statement-breakpoint
CREATE INDEX "countries_character_words" ON "countries" USING gin ((character_words(coalesce(name, '') || U&'\000A' || coalesce(official_name, '') || U&'\000A' || coalesce(alias_names(aliases), '')))) WHERE has_unspaced(coalesce(name, '') || U&'\000A' || coalesce(official_name, '') || U&'\000A' || coalesce(alias_names(aliases), ''));--> statement-breakpoint
CREATE INDEX "figures_character_words" ON "figures" USING gin ((character_words(coalesce(title, '') || U&'\000A' || coalesce(unit, '')))) WHERE has_unspaced(coalesce(title, '') || U&'\000A' || coalesce(unit, ''));--> statement-breakpoint
CREATE INDEX "organizations_character_words" ON "organizations" USING gin ((character_words(coalesce(name, '') || U&'\000A' || coalesce(acronym, '') || U&'\000A' || coalesce(alias_names(aliases), '')))) WHERE has_unspaced(coalesce(name, '') || U&'\000A' || coalesce(acronym, '') || U&'\000A' || coalesce(alias_names(aliases), ''));--> statement-breakpoint
CREATE INDEX "projects_character_words" ON "projects" USING gin ((character_words(coalesce(title, '') || U&'\000A' || coalesce(summary, '') || U&'\000A' || coalesce(outcomes, '')))) WHERE has_unspaced(coalesce(title, '') || U&'\000A' || coalesce(summary, '') || U&'\000A' || coalesce(outcomes, ''));--> statement-breakpoint
CREATE INDEX "regions_character_words" ON "regions" USING gin ((character_words(coalesce(name, '') || U&'\000A' || coalesce(alias_names(aliases), '')))) WHERE has_unspaced(coalesce(name, '') || U&'\000A' || coalesce(alias_names(aliases), ''));--> statement-breakpoint
CREATE INDEX "sources_character_words" ON "sources" USING gin ((character_words(coalesce(title, '') || U&'\000A' || coalesce(publisher, '') || U&'\000A' || coalesce(author, '') || U&'\000A' || coalesce(interviewee, '') || U&'\000A' || coalesce(occasion, '') || U&'\000A' || coalesce(context, '')))) WHERE has_unspaced(coalesce(title, '') || U&'\000A' || coalesce(publisher, '') || U&'\000A' || coalesce(author, '') || U&'\000A' || coalesce(interviewee, '') || U&'\000A' || coalesce(occasion, '') || U&'\000A' || coalesce(context, ''));--> statement-breakpoint
CREATE INDEX "topics_character_words" ON "topics" USING gin ((character_words(coalesce(name, '') || U&'\000A' || coalesce(alias_names(aliases), '')))) WHERE has_unspaced(coalesce(name, '') || U&'\000A' || coalesce(alias_names(aliases), ''));
