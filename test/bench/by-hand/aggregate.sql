with matched as (
  select id, case when extract(year from signed_on_earliest) = extract(year from signed_on_latest)
    then extract(year from signed_on_earliest)::int end as year
  from agreements
), participating as (
  select agreement_id, country from participations where agreement_id is not null and country is not null
  union
  select agreement_id, organizations.country
  from participations join organizations on organizations.id = organization
  where agreement_id is not null and organizations.country is not null
), groups as (
  select country, year, count(*) from matched left join participating on agreement_id = matched.id group by country, year
)
select json_build_object(
  'total', (select count(*) from matched), 'groups', (select count(*) from groups),
  'data', (select json_agg(row_to_json(top)) from (
    select groups.*, name from groups left join countries on code = country order by count desc, country, year limit 100
  ) as top))::text as body
