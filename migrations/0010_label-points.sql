ALTER TABLE "countries" ADD COLUMN "label_point_longitude" double precision;--> statement-breakpoint
ALTER TABLE "countries" ADD COLUMN "label_point_latitude" double precision;--> statement-breakpoint
ALTER TABLE "countries" ADD CONSTRAINT "countries_label_point_valid" CHECK (num_nulls("countries"."label_point_longitude", "countries"."label_point_latitude") <> 1 and "countries"."label_point_longitude" between -180 and 180 and "countries"."label_point_latitude" between -90 and 90);
