-- A word finds its stem as a whole, and longer words that begin with it as it was typed: `carb` finds "carbon", and "environment" finds
-- "environmental", whose stem is longer. Before, words that begin with the stem were found, so `cars`, with the stem "car", found "carbon".
CREATE OR REPLACE FUNCTION prefix_tsquery(value text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  WITH stems AS (
    SELECT part[1] AS operators, part[2] AS stem, nth
    FROM regexp_matches(websearch_to_tsquery('pg_catalog.english', public.plain_text(value))::text,
      '([^'']*)((?:''(?:[^'']|'''')+'')?)', 'g') WITH ORDINALITY AS found(part, nth)
  ), typed AS (
    -- The same words in the same order, without those that English ignores, such as "the".
    SELECT part[1] AS word, row_number() OVER (ORDER BY nth) AS nth
    FROM regexp_matches(websearch_to_tsquery('pg_catalog.simple', public.plain_text(value))::text,
      '''((?:[^'']|'''')+)''', 'g') WITH ORDINALITY AS found(part, nth)
    WHERE ts_lexize('pg_catalog.english_stem', part[1]) <> '{}'
  )
  SELECT string_agg(
    operators || CASE WHEN length(word) >= 3 THEN '(' || stem || '|''' || word || ''':*)' ELSE stem END, '' ORDER BY nth
  )::tsquery
  FROM stems LEFT JOIN typed USING (nth)
$$;
