-- Functions that the tables' defaults, generated columns and checks rest on.
-- Bodies name what they call with its schema, since pg_restore runs them with an empty search_path.

CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA public;
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
