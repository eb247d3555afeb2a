-- Functions that the tables' defaults, generated columns and checks rest on.
-- Bodies name what they call with its schema, since pg_restore runs them with an empty search_path.

CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA public;
--> statement-breakpoint
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;
--> statement-breakpoint
CREATE EXTENSION IF NOT EXISTS pgcrypto SCHEMA public;
--> statement-breakpoint

-- UUIDv7 (RFC 9562, 5.7): the built-in function where the server has it, otherwise milliseconds and random bits.
DO $do$
BEGIN
  IF to_regprocedure('pg_catalog.uuidv7()') IS NOT NULL THEN
    CREATE FUNCTION uuid_v7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS 'SELECT uuidv7()';
  ELSE
    CREATE FUNCTION uuid_v7() RETURNS uuid LANGUAGE plpgsql VOLATILE PARALLEL SAFE AS $body$
    DECLARE
      millis bigint := floor(extract(epoch FROM clock_timestamp()) * 1000);
      random text := replace(gen_random_uuid()::text, '-', '');
    BEGIN
      -- gen_random_uuid() is version 4: digit 13 is its version, digit 17 its variant, which version 7 shares.
      RETURN (lpad(to_hex(millis), 12, '0') || '7' || substr(random, 14))::uuid;
    END
    $body$;
  END IF;
END
$do$;
--> statement-breakpoint

-- Text as the full-text index sees it: no accents, and never null, so that one empty text does not void the rest.
CREATE FUNCTION plain_text(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
  $$ SELECT coalesce(public.unaccent('public.unaccent'::regdictionary, value), '') $$;
--> statement-breakpoint

-- An array of {"name": text, "language": text or null} and nothing else.
CREATE FUNCTION is_alias_list(value jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT jsonb_typeof(value) = 'array' AND NOT EXISTS (
    SELECT FROM jsonb_array_elements(CASE jsonb_typeof(value) WHEN 'array' THEN value ELSE '[]' END) AS alias
    WHERE jsonb_typeof(alias) <> 'object'
      OR jsonb_typeof(alias -> 'name') IS DISTINCT FROM 'string'
      OR alias ->> 'name' = ''
      OR alias -> 'language' IS NULL
      OR jsonb_typeof(alias -> 'language') NOT IN ('string', 'null')
      OR alias - 'name' - 'language' <> '{}'
  )
$$;
--> statement-breakpoint

-- The names in a list of aliases, for the full-text index.
CREATE FUNCTION alias_names(aliases jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT string_agg(alias ->> 'name', ' ') FROM jsonb_array_elements(aliases) AS alias
$$;
--> statement-breakpoint

-- EDTF dates (ISO 8601-2 / Library of Congress, levels 0 and 1) as the days they can mean.
-- src/query/edtf.ts accepts exactly the same texts and says where a bad one goes wrong.
--
-- One function does all the parsing and calls built-in functions only; the two others are bound to it when they
-- are created. So pg_restore can compute generated columns with its empty search_path. Faults are tested for and
-- never caught, since a parallel worker cannot open the subtransaction that catching needs.
CREATE FUNCTION edtf_bounds(value text, OUT earliest date, OUT latest date)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  -- Nearly every date is a common one, and what matching costs grows with the pattern: hence two of them.
  common CONSTANT text := '^-?[0-9]{4}(-(0[1-9]|1[0-2])(-[0-9]{2})?)?[?~%]?$';
  special CONSTANT text := '(?x)^(
      Y[1-9][0-9]{4,6}                        # Y12345; with more digits or a minus, beyond type date
    | -?[0-9]{2}[0-9X]X                       # 201X, 20XX
    | -?[0-9]{4}-(2[1-4] | XX | XX-XX)        # 2011-21, 2011-XX, 2011-XX-XX
    | -?[0-9]{4}-(0[1-9] | 1[0-2])-XX         # 2011-04-XX
    | -?[0-9]{4}-(0[1-9] | 1[0-2])-[0-9]{2}   # 2011-04-05T10:00:00+08:00
      T(([01][0-9] | 2[0-3]):[0-5][0-9]:[0-5][0-9] | 24:00:00)
      ( Z
      | (?!-00(:00)?$)[+-](0[0-9] | 1[01])(:[0-5][0-9])?
      | [+]1[23](:[0-5][0-9])?
      | (-12 | [+]14)(:00)?                   # the last time zone on either side
      )?
    )$';
  parts text[] := string_to_array(value, '/');
  part text;
  field text[];
  year_from int;
  year_to int;
  month int;
  month_from int;
  month_to int;
  month_length int;
  day int;
BEGIN
  -- The first part decides the earliest day, the last part (the same one, outside an interval) the latest.
  FOREACH part IN ARRAY parts LOOP
    IF cardinality(parts) = 2 AND part IN ('', '..') THEN
      earliest := coalesce(earliest, '-infinity');
      latest := 'infinity';
      CONTINUE;
    END IF;

    IF cardinality(parts) > 2
      OR part LIKE '-0000%'
      OR part !~ common AND (cardinality(parts) = 2 OR part !~ special)
    THEN
      RAISE EXCEPTION 'not an EDTF date of level 0 or 1: "%"', value USING ERRCODE = 'invalid_datetime_format';
    END IF;

    field := string_to_array(rtrim(ltrim(part, 'Y-'), '?~%'), '-');

    year_from := replace(field[1], 'X', '0')::int;
    year_to := replace(field[1], 'X', '9')::int;
    IF part LIKE '-%' THEN
      -- A negative year with more is earlier, and -000X does not include the year 0.
      SELECT -year_to, least(-year_from, -1) INTO year_from, year_to;
    END IF;

    month := nullif(field[2], 'XX')::int;
    month_from := CASE WHEN month > 12 THEN 3 * (month - 20) ELSE coalesce(month, 1) END;
    month_to := CASE WHEN month > 12 THEN month_from + 2 ELSE coalesce(month, 12) END;
    IF month_to > 12 THEN -- winter
      year_to := year_to + 1;
      month_to := month_to - 12;
    END IF;

    month_length := CASE
      WHEN month_to IN (4, 6, 9, 11) THEN 30
      WHEN month_to <> 2 THEN 31
      WHEN year_to % 4 = 0 AND (year_to % 100 <> 0 OR year_to % 400 = 0) THEN 29
      ELSE 28
    END;
    day := nullif(left(field[3], 2), 'XX')::int; -- without the time of day, which changes nothing
    IF day NOT BETWEEN 1 AND month_length THEN
      RAISE EXCEPTION 'no such day: "%"', value USING ERRCODE = 'invalid_datetime_format';
    END IF;
    IF (year_from, month_from, coalesce(day, 1)) < (-4713, 11, 24) OR year_to > 5874897 THEN
      RAISE EXCEPTION 'beyond the days from -4713-11-24 to the end of Y5874897: "%"', value
        USING ERRCODE = 'invalid_datetime_format';
    END IF;

    -- EDTF counts 1 BC as 0, make_date as -1.
    earliest := coalesce(
      earliest,
      make_date(year_from - (year_from < 1)::int, month_from, coalesce(day, 1))
    );
    latest := make_date(year_to - (year_to < 1)::int, month_to, coalesce(day, month_length));
  END LOOP;

  IF earliest IS NULL OR earliest = '-infinity' AND latest = 'infinity' THEN
    RAISE EXCEPTION 'names no date: "%"', value USING ERRCODE = 'invalid_datetime_format';
  END IF;
  IF latest < earliest THEN
    RAISE EXCEPTION 'ends before it starts: "%"', value USING ERRCODE = 'invalid_datetime_format';
  END IF;
END
$$;
--> statement-breakpoint

CREATE FUNCTION edtf_earliest(value text) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (edtf_bounds(value)).earliest;
--> statement-breakpoint

CREATE FUNCTION edtf_latest(value text) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (edtf_bounds(value)).latest;
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
    FROM (
      SELECT one, one || coalesce(lead(one) OVER (ORDER BY at), '') AS two
      FROM string_to_table(value, NULL) WITH ORDINALITY AS list(one, at)
    ) AS place, LATERAL (VALUES (one), (two)) AS pair(token)
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
--> statement-breakpoint

-- The days that a date can mean, as a range; null for no date. The last day of all is left out, since ranges of days end
-- before a day: no date ends there but with all of its year.
CREATE FUNCTION edtf_span(earliest date, latest date) RETURNS daterange LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN earliest IS NOT NULL THEN
  daterange(earliest, CASE latest WHEN '5874897-12-31' THEN latest - 1 ELSE latest END, '[]')
END;
--> statement-breakpoint

-- The id of a record with a natural key: a name-based UUID (version 5, RFC 9562, 5.5) of its resource and key. The service
-- computes the same (src/model/keys.ts).
CREATE FUNCTION name_id(resource text, key text) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT encode(
    set_byte(set_byte(digest, 6, get_byte(digest, 6) & 15 | 80), 8, get_byte(digest, 8) & 63 | 128), 'hex'
  )::uuid
  FROM substring(public.digest(
    decode('3f0f3e8c6a0b5d0e9b1a5f5f0c1d2e3a', 'hex') || convert_to(resource || '/' || key, 'UTF8'), 'sha1'
  ) FOR 16) AS digest
$$;
--> statement-breakpoint

-- The time of the transaction's changes, in milliseconds: `updated_at`, `revisions.time` and `row_start` alike. It is
-- taken from the clock on first use and kept in a setting of the transaction, as milliseconds since 1970, which mean the
-- same in every time zone and date style. `later_than` is the time of a row of another transaction that this one changes:
-- the result is later, also where both fall into one millisecond.
CREATE FUNCTION change_time(later_than timestamptz DEFAULT NULL) RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  taken timestamptz := to_timestamp(nullif(current_setting('entente.change_time', true), '')::bigint / 1000.0);
BEGIN
  IF taken > later_than OR taken IS NOT NULL AND later_than IS NULL THEN
    RETURN taken;
  END IF;
  taken := greatest(
    date_trunc('milliseconds', clock_timestamp()),
    date_trunc('milliseconds', later_than) + interval '1 millisecond'
  );
  PERFORM set_config('entente.change_time', (extract(epoch FROM taken) * 1000)::bigint::text, true);
  RETURN taken;
END
$$;
--> statement-breakpoint

-- Whether this transaction has written a row that it is about to change. `row_xmin` is the row's xmin, which is that of a
-- subtransaction after a savepoint: it is in progress for this transaction alone, since others have to commit before the
-- row can be changed. `row_time` is the time of the row: the low 32 bits of an xmin are compared only where the row is as
-- recent as this transaction, so that they cannot be those of long ago.
CREATE FUNCTION is_own_write(row_xmin xid, row_time timestamptz) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  own bigint;
BEGIN
  IF row_time < date_trunc('milliseconds', transaction_timestamp()) THEN
    RETURN false;
  END IF;
  own := pg_current_xact_id()::text::bigint;
  -- The full number nearest to that of this transaction whose low bits are `row_xmin`.
  own := own + mod(row_xmin::text::bigint - mod(own, 4294967296) + 6442450944, 4294967296) - 2147483648;
  RETURN pg_xact_status(own::text::xid8) = 'in progress';
END
$$;
--> statement-breakpoint

-- The number of the transaction, by which the feed of changes is ordered. A dump that is restored in another cluster, where
-- numbers are lower, is followed by a greater offset, so that later changes have higher numbers.
CREATE FUNCTION feed_transaction() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN pg_catalog.pg_current_xact_id()::text::bigint
    + (SELECT value::bigint FROM public.settings WHERE name = 'feed_offset');
END
$$;
