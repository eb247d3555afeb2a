-- What finding texts in part rests on. Bodies name what they call with its schema, as in 0000_functions.

CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;
--> statement-breakpoint

-- The names of a record, one a line: the first, another one, and its aliases.
CREATE FUNCTION name_lines(name text, other text, aliases jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT name || coalesce(chr(10) || other, '')
    || coalesce((SELECT string_agg(chr(10) || (alias ->> 'name'), '') FROM jsonb_array_elements(aliases) AS alias), '')
$$;
--> statement-breakpoint

-- The characters beyond ASCII in a text, alone and in pairs of neighbours. Trigrams know no word of two ideographs, and
-- nothing but ASCII at all where the database's locale is C; this knows both, whatever the locale.
CREATE FUNCTION wide_pairs(value text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN octet_length(value) = length(value) THEN '{}'::text[] ELSE (
    SELECT coalesce(array_agg(DISTINCT pair.token), '{}')
    FROM generate_series(1, length(value)) AS place(at),
      LATERAL (VALUES (substr(value, at, 1)), (substr(value, at, 2))) AS pair(token)
    WHERE pair.token !~ '[\x01-\x7f]'
  ) END
$$;
--> statement-breakpoint

-- English as the full-text index has it, but for texts with their accents: words of the original can be marked.
CREATE TEXT SEARCH CONFIGURATION public.accented_english (COPY = pg_catalog.english);
--> statement-breakpoint
ALTER TEXT SEARCH CONFIGURATION public.accented_english
  ALTER MAPPING FOR word, hword, hword_part WITH public.unaccent, pg_catalog.english_stem;
--> statement-breakpoint

-- A search in the syntax of web searches, its words of three letters or more taken for beginnings of words: the stem of
-- "environment" so finds "environmental". A quote that ends a lexeme stands before a blank, a bracket or the end.
CREATE FUNCTION prefix_tsquery(value text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT regexp_replace(
    websearch_to_tsquery('pg_catalog.english', public.plain_text(value))::text,
    '([^'' ]{3})''(?=[ )]|$)', '\1'':*', 'g'
  )::tsquery
$$;
--> statement-breakpoint

-- A name with the part marked that was asked for (between the characters 2 and 3): its words, or else the text as it was
-- typed, or else the word that is most like it.
CREATE FUNCTION mark_name(name text, words tsquery, part text) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  marked text := ts_headline('public.accented_english', name, words,
    'HighlightAll=true, StartSel="' || chr(2) || '", StopSel="' || chr(3) || '"');
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

-- What to show of a record that a search has found, as HTML in which only <mark> is markup: its name with the words
-- marked, or else some words of its prose around them.
CREATE FUNCTION search_snippet(name text, prose text, words tsquery, part text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  marks CONSTANT text := chr(2) || chr(3);
  snippet text := public.mark_name(translate(name, marks, ''), words, part);
  quoted text;
BEGIN
  IF strpos(snippet, chr(2)) = 0 AND prose <> '' THEN
    quoted := ts_headline('public.accented_english', translate(prose, marks, ''), words,
      'MaxFragments=2, MaxWords=20, MinWords=8, FragmentDelimiter=" … ", StartSel="' || chr(2) || '", StopSel="' || chr(3) || '"');
    IF strpos(quoted, chr(2)) > 0 THEN
      snippet := quoted;
    END IF;
  END IF;
  snippet := replace(replace(replace(snippet, '&', '&amp;'), '<', '&lt;'), '>', '&gt;');
  snippet := replace(replace(snippet, '"', '&quot;'), '''', '&#39;');
  RETURN replace(replace(snippet, chr(2), '<mark>'), chr(3), '</mark>');
END
$$;
