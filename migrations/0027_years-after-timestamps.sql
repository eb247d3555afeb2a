-- The year of an amount is read in the way in which aggregates read years, which fails for no day. Older versions compute it
-- without these indexes.
DROP INDEX "projects_amounts_year";--> statement-breakpoint
DROP INDEX "assistance_programs_amounts_year";--> statement-breakpoint
CREATE INDEX "projects_amounts_year" ON "projects_amounts" USING btree ((case when "date_earliest" >= date '4699-01-01 BC' and "date_latest" < date '294277-01-01' then case when "date_earliest" = "date_latest" or date_part('year', "date_earliest") = date_part('year', "date_latest") then (date_part('year', "date_earliest")::int + ("date_earliest" < date '0001-01-01')::int) end end));--> statement-breakpoint
CREATE INDEX "assistance_programs_amounts_year" ON "assistance_programs_amounts" USING btree ((case when "date_earliest" >= date '4699-01-01 BC' and "date_latest" < date '294277-01-01' then case when "date_earliest" = "date_latest" or date_part('year', "date_earliest") = date_part('year', "date_latest") then (date_part('year', "date_earliest")::int + ("date_earliest" < date '0001-01-01')::int) end end));
