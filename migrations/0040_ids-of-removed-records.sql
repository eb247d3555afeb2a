-- Refuses ids that records of another resource had before they were removed. The history of both records would be one: readers without a
-- role would see a record that was hidden when it was removed, and a redaction of one record would change the other.
CREATE FUNCTION require_own_ids(record_ids uuid[], of_resource text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  former record;
BEGIN
  SELECT id, resource INTO former FROM history.records WHERE id = ANY(record_ids) AND resource <> of_resource LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the id % is that of a removed record of %', former.id, former.resource
      USING ERRCODE = 'unique_violation';
  END IF;
END
$$;
--> statement-breakpoint

-- Replaces make_record() of migration 0031.
CREATE OR REPLACE FUNCTION make_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  record_id uuid;
  record_key text;
  record_resource text;
BEGIN
  IF TG_ARGV[1] = 'id' THEN
    NEW.id := coalesce(NEW.id, public.uuid_v7());
    record_id := NEW.id;
    record_key := NEW.id::text;
  ELSE
    record_key := to_jsonb(NEW) ->> TG_ARGV[1];
    record_id := public.name_id(TG_ARGV[0], record_key);
  END IF;
  INSERT INTO public.records (id, resource, key) VALUES (record_id, TG_ARGV[0], record_key) ON CONFLICT (id) DO NOTHING;
  SELECT resource INTO record_resource FROM public.records WHERE id = record_id;
  IF record_resource <> TG_ARGV[0] THEN
    RAISE EXCEPTION 'the id % is that of a record of %', record_id, record_resource USING ERRCODE = 'unique_violation';
  END IF;
  PERFORM public.require_unmerged(record_id);
  PERFORM public.require_own_ids(ARRAY[record_id], TG_ARGV[0]);
  NEW.row_start := public.change_time();
  PERFORM pg_notify('entente_uncomposed', '');
  RETURN NEW;
END
$$;
