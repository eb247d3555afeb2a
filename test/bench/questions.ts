/** What the servers are asked, each in its own way. */

/** A page of 25, of which only flat columns are answered. */
export const listSearch = 'fields=id,title,kind,status,signedOn&sort=-signedOn&limit=25'

/** A page of 25 whole records with their parties and what these did, terms, topics and all. */
export const wideSearch = 'sort=-signedOn&limit=25'

/** A page of 25 of those with some words. */
export const qSearch = 'q=laboratories%20energy&limit=25'

/** How many agreements countries have signed year by year. */
export const aggregateSearch = 'groupBy=country,signedYear&sort=-count&limit=100'

/** The same question in SQL by hand. */
export const aggregateByHand = `
  with matched as (
    select id, case when extract(year from signed_on_earliest) = extract(year from signed_on_latest)
      then extract(year from signed_on_earliest)::int end as year
    from agreements
  ), taking as (
    select agreement_id, country from participations where agreement_id is not null and country is not null
    union
    select agreement_id, organizations.country
    from participations join organizations on organizations.id = organization
    where agreement_id is not null and organizations.country is not null
  ), groups as (
    select country, year, count(*) from matched left join taking on agreement_id = matched.id group by country, year
  )
  select json_build_object(
    'total', (select count(*) from matched), 'groups', (select count(*) from groups),
    'data', (select json_agg(row_to_json(top)) from (
      select groups.*, name from groups left join countries on code = country order by count desc, country, year limit 100
    ) as top))::text as answer`

/** A new agreement, a little different each time. */
export const newAgreement = (number: number): string =>
  JSON.stringify({
    title: `Agreement to be measured, no. ${number}`,
    kind: 'memorandum_of_understanding',
    status: 'signed',
    signedOn: '2011-04',
    summary: 'The partners share laboratories and plan field trials on energy each year.',
    parties: ['CHN', 'PAK'].map((country) => ({
      country,
      role: 'party',
      actions: [{ kind: 'signed', date: '2011-04' }],
    })),
    topics: ['energy', 'science-and-technology'],
  })
