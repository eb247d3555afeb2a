-- The characters beyond ASCII in a text, alone and in pairs, as before, but read in one pass: `substr` walks a text from
-- its beginning, so that the time grew with the square of the length, to many seconds for names that a record may have.
-- The result is the same for every text, so indexes stay as they are.
CREATE OR REPLACE FUNCTION wide_pairs(value text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN octet_length(value) = length(value) THEN '{}'::text[] ELSE (
    SELECT coalesce(array_agg(DISTINCT pair.token), '{}')
    FROM (
      SELECT one, one || coalesce(lead(one) OVER (ORDER BY at), '') AS two
      FROM string_to_table(value, NULL) WITH ORDINALITY AS list(one, at)
    ) AS place, LATERAL (VALUES (one), (two)) AS pair(token)
    WHERE pair.token !~ '[\x01-\x7f]'
  ) END
$$;
