-- As before, and ampersands, since PostgreSQL takes a text such as `&D;` for an entity of HTML and skips it; plus signs and tildes,
-- which PostgreSQL takes for a part of the number after them; at signs; and the middle dot of Japanese.
CREATE OR REPLACE FUNCTION separators() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '[<>&+~@\u30fb\u00a0-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb-\u00bf\u00d7\u00f7\u037e\u0387'
  || '\u055a-\u055f\u0589\u05be\u05c0\u05c3\u05c6\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965\u1361-\u1368\u1680'
  || '\u2000-\u200b\u200e-\u206f\u20a0-\u20c0\u2116\u2117\u2120\u2122\u2190-\u2bff\u2e00-\u2e7f'
  || '\u3000-\u3004\u3008-\u3020\u3030\ufe00-\ufe0f\ufe30-\ufe6f\ufeff\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65'
  || '\uffe0-\uffee\U0001f000-\U0001faff]';
--> statement-breakpoint
-- As before, and a point joins words also beside a digit, a single letter or a slash, as in `P.R.China`, `Art.5` and `U.S./Japan`, but
-- not between digits. The number after a minus sign that joins no words is appended, too.
CREATE OR REPLACE FUNCTION with_joined_words(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  -- Abbreviations such as `U.S.` stay whole. Without lookbehind, which takes quadratic time.
  joint CONSTANT text := '[[:alnum:]]\.?/[[:alnum:]]|[[:alpha:]]\.(?:[[:alnum:]]{2}|[[:digit:]])|[[:digit:]]\.[[:alpha:]]{2}'
    || '|-[[:digit:]]|[[:digit:]]-[[:alpha:]]';
  separated CONSTANT text := regexp_replace(value, public.separators(), ' ', 'g');
BEGIN
  IF separated !~ joint THEN
    RETURN separated;
  END IF;
  RETURN separated || (
    SELECT coalesce(string_agg(' ' || regexp_replace(
      translate(run, '/', ' '),
      '([[:alpha:]])\.(?=[[:alnum:]]{2}|[[:digit:]])|([[:digit:]])(?:\.(?=[[:alpha:]]{2})|-(?=[[:alpha:]]))|-(?=[[:digit:]])',
      '\1\2 ', 'g'), ''), '')
    FROM regexp_matches(separated, '[[:alnum:]]+(?:\.?[-./][[:alnum:]]+)+', 'g') AS found(list), unnest(list) AS run
    WHERE run ~ joint
  ) || (
    SELECT coalesce(string_agg(' ' || number[1], ''), '')
    FROM regexp_matches(separated, '(?:^|[^[:alnum:]])-([[:digit:]]+)', 'g') AS found(number)
  );
END
$$;
--> statement-breakpoint
-- As before, and words beside these joints are marked, as `with_joined_words` makes them searchable.
CREATE OR REPLACE FUNCTION mark_words(value text, words tsquery, options text) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  parted CONSTANT text := CASE
    WHEN words::text ~ '[[:alnum:]]/|[[:alpha:]]\.[[:alnum:]]|[[:digit:]]\.[[:alpha:]]|-[[:digit:]]|[[:digit:]]-' THEN value
    ELSE regexp_replace(value, '([[:alnum:]]\.?/(?=[[:alnum:]])|[[:alpha:]]\.(?=[[:alnum:]]{2}|[[:digit:]])'
      || '|[[:digit:]]\.(?=[[:alpha:]]{2})|[[:digit:]]-(?=[[:alpha:]])|(?:^|.)-(?=[[:digit:]]))', E'\\1\x01', 'g') END;
  spaced CONSTANT text := regexp_replace(parted, '(' || public.separators() || ')', E'\x01\\1\x01', 'g');
  separated CONSTANT text := public.separate_characters(spaced);
  marked text := ts_headline('public.accented_english', separated, words,
    options || ', StartSel="' || chr(2) || '", StopSel="' || chr(3) || '"');
  runs text;
BEGIN
  IF separated = spaced THEN
    RETURN translate(marked, chr(1), '');
  END IF;
  marked := translate(regexp_replace(marked, '\x02([^\x01-\x7f])\x03', '\1', 'g'), chr(1), '');
  SELECT string_agg(run, '|') INTO runs
  FROM regexp_matches(replace(words::text, ''' <-> ''', ''), '[^\x01-\x7f]+', 'g') AS found(list), unnest(list) AS run
  WHERE public.has_unspaced(run);
  RETURN CASE WHEN runs IS NULL THEN marked ELSE regexp_replace(marked, runs, E'\x02\\&\x03', 'g') END;
END
$$;
--> statement-breakpoint
-- Computes the searched words again, of the records with such joints or signs, and of their history. Nothing else of them changes.
SELECT set_config('entente.writer', 'service', true), set_config('entente.versioning', 'off', true);
--> statement-breakpoint
DO $$
DECLARE
  searched record;
  expression text;
  condition text;
BEGIN
  FOR searched IN
    SELECT * FROM (VALUES
      ('agreements', 'title', 'title, alternative_titles, place, occasion, summary'),
      ('assistance_programs', 'title', 'title, summary'),
      ('citations', 'excerpt', 'excerpt, note'),
      ('cooperation_bases', 'name', 'name, summary, location_name'),
      ('countries', 'name', 'name, official_name, aliases'),
      ('figures', 'title', 'title, unit'),
      ('organizations', 'name', 'name, acronym, aliases'),
      ('projects', 'title', 'title, summary, outcomes'),
      ('regions', 'name', 'name, aliases'),
      ('sources', 'title', 'title, publisher, author, interviewee, occasion, context'),
      ('topics', 'name', 'name, aliases')
    ) AS list(table_name, first_column, columns)
  LOOP
    -- Most texts are ASCII, and need no `plain_text`, which takes longer.
    condition := format('concat_ws('' '', %1$s) ~ %2$L
      OR concat_ws('' '', %1$s) ~ ''[^\x01-\x7f]'' AND public.plain_text(concat_ws('' '', %1$s)) ~ %2$L', searched.columns,
      '[&+~@\u30fb]|[[:alpha:]]\.[[:alnum:]]|[[:digit:]]\.[[:alpha:]]|\./|[[:digit:]]-[[:alpha:]]|(?:^|[^[:alnum:]])-[[:digit:]]');
    EXECUTE format('UPDATE public.%1$I SET %2$I = %2$I WHERE %3$s',
      searched.table_name, searched.first_column, condition);
    IF to_regclass(format('history.%I', searched.table_name)) IS NOT NULL THEN
      SELECT pg_get_expr(adbin, adrelid) INTO expression
      FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum AND attname = 'search'
      WHERE adrelid = format('public.%I', searched.table_name)::regclass;
      EXECUTE format('UPDATE history.%I SET search = %s WHERE %s', searched.table_name, expression, condition);
    END IF;
  END LOOP;
END
$$;
--> statement-breakpoint
SELECT set_config('entente.writer', '', true), set_config('entente.versioning', '', true);
--> statement-breakpoint
SELECT announce('*');
