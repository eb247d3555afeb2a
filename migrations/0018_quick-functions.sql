-- Functions in indexes, generated columns and checks of every row that is written. PostgreSQL prepares these expressions for
-- each statement: a function whose body is an expression is not parsed again, and plpgsql keeps its plans.
CREATE OR REPLACE FUNCTION plain_text(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(public.unaccent('public.unaccent'::regdictionary, value), '');
--> statement-breakpoint
-- Texts without Chinese characters, which are most, have none.
CREATE OR REPLACE FUNCTION wide_pairs(value text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF octet_length(value) = length(value) THEN
    RETURN '{}';
  END IF;
  RETURN (
    SELECT coalesce(array_agg(DISTINCT pair.token), '{}')
    FROM (
      SELECT one, one || coalesce(lead(one) OVER (ORDER BY at), '') AS two
      FROM string_to_table(value, NULL) WITH ORDINALITY AS list(one, at)
    ) AS place, LATERAL (VALUES (one), (two)) AS pair(token)
    WHERE pair.token !~ '[\x01-\x7f]'
  );
END
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION alias_names(aliases jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF aliases = '[]' THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT string_agg(alias ->> 'name', ' ') FROM jsonb_array_elements(aliases) AS alias);
END
$$;
