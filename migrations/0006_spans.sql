-- The days that a date can mean, as a range; null for no date. The last day of all is left out, since ranges of days end
-- before a day: no date ends there but with all of its year.
CREATE FUNCTION edtf_span(earliest date, latest date) RETURNS daterange LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN earliest IS NOT NULL THEN
  daterange(earliest, CASE latest WHEN '5874897-12-31' THEN latest - 1 ELSE latest END, '[]')
END;
