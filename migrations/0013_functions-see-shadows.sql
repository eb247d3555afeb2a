-- Tables are named without their schema, as the service's statements name them: a transaction that asks for the past
-- shadows them by temporary views of the same names. They run with the rights of who calls them, no index or generated
-- column needs them, and whoever could put another relation in their way could as well do so for the statements.
CREATE OR REPLACE FUNCTION regions_within(codes text[]) RETURNS SETOF text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH RECURSIVE within(code) AS (
    SELECT code FROM regions WHERE code = ANY (codes)
    UNION
    SELECT regions.code FROM regions JOIN within ON regions.parent = within.code
  )
  SELECT code FROM within
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION countries_within(codes text[]) RETURNS SETOF text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT code FROM countries WHERE region IN (SELECT public.regions_within(codes))
  UNION
  SELECT country FROM country_groups WHERE "group" IN (SELECT public.regions_within(codes))
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION topics_within(slugs text[]) RETURNS SETOF text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH RECURSIVE within(slug) AS (
    SELECT slug FROM topics WHERE slug = ANY (slugs)
    UNION
    SELECT topics.slug FROM topics JOIN within ON topics.broader = within.slug
  )
  SELECT slug FROM within
$$;
