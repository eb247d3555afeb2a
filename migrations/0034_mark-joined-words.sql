-- As before, and words that a slash, a point or a hyphen joins are marked one by one, as `with_joined_words` makes them searchable.
-- A query that has such words itself is compared with the whole ones.
CREATE OR REPLACE FUNCTION mark_words(value text, words tsquery, options text) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  parted CONSTANT text := CASE WHEN words::text ~ '[[:alnum:]]/|[[:alpha:]]\.[[:alpha:]]|-[[:digit:]]' THEN value
    ELSE regexp_replace(value,
      '([[:alnum:]]/(?=[[:alnum:]])|[[:alpha:]]{2}\.(?=[[:alpha:]]{2})|[[:alnum:]]-(?=[[:digit:]]))', E'\\1\x01', 'g') END;
  separated CONSTANT text := public.separate_characters(parted);
  marked text := ts_headline('public.accented_english', separated, words,
    options || ', StartSel="' || chr(2) || '", StopSel="' || chr(3) || '"');
  runs text;
BEGIN
  IF separated = parted THEN
    RETURN translate(marked, chr(1), '');
  END IF;
  marked := translate(regexp_replace(marked, '\x02([^\x01-\x7f])\x03', '\1', 'g'), chr(1), '');
  SELECT string_agg(run, '|') INTO runs
  FROM regexp_matches(replace(words::text, ''' <-> ''', ''), '[^\x01-\x7f]+', 'g') AS found(list), unnest(list) AS run
  WHERE public.has_unspaced(run);
  RETURN CASE WHEN runs IS NULL THEN marked ELSE regexp_replace(marked, runs, E'\x02\\&\x03', 'g') END;
END
$$;
