-- A merged record keeps its row in `records`, to which rows of a resource's own table and of lists refer. Without this check,
-- psql could add such rows to it: records without revisions that cannot be read, and external ids that no other record can have.
CREATE FUNCTION require_unmerged(record_id uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  merged record;
BEGIN
  SELECT gone.resource, gone.key, remaining.key AS into_key INTO merged
  FROM public.records AS gone JOIN public.records AS remaining ON remaining.id = gone.merged_into
  WHERE gone.id = record_id;
  IF FOUND THEN
    RAISE EXCEPTION '% % was merged into %: change that record instead', merged.resource, merged.key, merged.into_key
      USING ERRCODE = 'check_violation';
  END IF;
END
$$;
--> statement-breakpoint

-- Replaces make_record() of migration 0002.
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
  NEW.row_start := public.change_time();
  PERFORM pg_notify('entente_uncomposed', '');
  RETURN NEW;
END
$$;
--> statement-breakpoint

-- Replaces touch_record() of migration 0002. A merge that runs at the same time locks the record, so the check comes after the
-- lock.
CREATE OR REPLACE FUNCTION touch_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM public.invalidate_record(OLD.record);
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  IF TG_OP = 'INSERT' OR NEW.record <> OLD.record THEN
    PERFORM public.invalidate_record(NEW.record);
    PERFORM public.require_unmerged(NEW.record);
  END IF;
  NEW.row_start := public.change_time();
  RETURN NEW;
END
$$;
