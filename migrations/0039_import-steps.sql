ALTER TABLE "imports" ADD COLUMN "step_actor" json,
  ADD COLUMN "step_request_id" text;
