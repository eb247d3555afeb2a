-- Fills the tables of `schema.sql` from documents that the service has exported. Each table `exported_…` has one document
-- per row: as JSON text in the column `text`, and as `jsonb` in the column `document`. Adapt this file when the properties
-- of documents change.
insert into regions (code, name, kind, parent, aliases, version, created_at, updated_at)
select d.code, d.name, d.kind, d.parent, coalesce(d.aliases, '[]'), d.version, d."createdAt", d."updatedAt"
from exported_regions, jsonb_to_record(document) as d(code text, name text, kind text, parent text, aliases jsonb, version int, "createdAt" timestamptz, "updatedAt" timestamptz);

insert into countries (code, alpha2, numeric, name, official_name, region, aliases, valid_from, valid_to, version, created_at, updated_at)
select d.code, d.alpha2, d.numeric, d.name, d."officialName", d.region, coalesce(d.aliases, '[]'), d."validFrom", d."validTo", d.version, d."createdAt", d."updatedAt"
from exported_countries, jsonb_to_record(document) as d(code text, alpha2 text, numeric text, name text, "officialName" text, region text, aliases jsonb, "validFrom" text, "validTo" text, version int, "createdAt" timestamptz, "updatedAt" timestamptz);

insert into topics (slug, name, scheme, code, broader, aliases, version, created_at, updated_at)
select d.slug, d.name, d.scheme, d.code, d.broader, coalesce(d.aliases, '[]'), d.version, d."createdAt", d."updatedAt"
from exported_topics, jsonb_to_record(document) as d(slug text, name text, scheme text, code text, broader text, aliases jsonb, version int, "createdAt" timestamptz, "updatedAt" timestamptz);

-- The kind of an organization is its `type` in `schema.sql`.
insert into organizations (id, name, acronym, type, country, parent, website, ror, aliases, version, created_at, updated_at)
select d.id, d.name, d.acronym, d.kind, d.country, d.parent, d.website, d.ror, coalesce(d.aliases, '[]'), d.version, d."createdAt", d."updatedAt"
from exported_organizations, jsonb_to_record(document) as d(id uuid, name text, acronym text, kind text, country text, parent uuid, website text, ror text, aliases jsonb, version int, "createdAt" timestamptz, "updatedAt" timestamptz);

insert into agreements (id, title, kind, level, status, signed_on, provisional_from, in_force_from, expires_on, terminated_on, renewal, place, occasion, summary, languages, version, created_at, updated_at)
select d.id, d.title, d.kind, d.level, d.status, d."signedOn", d."provisionalFrom", d."inForceFrom", d."expiresOn", d."terminatedOn", d.renewal, d.place, d.occasion, d.summary, d.languages, d.version, d."createdAt", d."updatedAt"
from exported_agreements, jsonb_to_record(document) as d(id uuid, title text, kind text, level text, status text, "signedOn" text, "provisionalFrom" text, "inForceFrom" text, "expiresOn" text, "terminatedOn" text, renewal text, place text, occasion text, summary text, languages text[], version int, "createdAt" timestamptz, "updatedAt" timestamptz);

insert into participations (agreement_id, position, country, organization, region, role, contribution, signatory)
select (document ->> 'id')::uuid, ordinality - 1, item ->> 'country', (item ->> 'organization')::uuid, item ->> 'region', item ->> 'role', item ->> 'contribution', item ->> 'signatory'
from exported_agreements, jsonb_array_elements(document -> 'parties') with ordinality as each(item, ordinality);

create index filling on participations (agreement_id, position);
analyze participations;

insert into participation_actions (participation_id, position, kind, date, note)
select participations.id, action.ordinality - 1, action.item ->> 'kind', action.item ->> 'date', action.item ->> 'note'
from exported_agreements,
  jsonb_array_elements(document -> 'parties') with ordinality as party(item, ordinality),
  jsonb_array_elements(party.item -> 'actions') with ordinality as action(item, ordinality),
  participations
where participations.agreement_id = (document ->> 'id')::uuid and participations.position = party.ordinality - 1;

drop index filling;

insert into agreement_terms (agreement_id, position, starts_on, ends_on, note)
select (document ->> 'id')::uuid, ordinality - 1, item ->> 'startsOn', item ->> 'endsOn', item ->> 'note'
from exported_agreements, jsonb_array_elements(document -> 'terms') with ordinality as each(item, ordinality);

insert into agreement_relations (agreement_id, position, kind, related_id)
select (document ->> 'id')::uuid, ordinality - 1, item ->> 'kind', (item ->> 'agreement')::uuid
from exported_agreements, jsonb_array_elements(document -> 'relations') with ordinality as each(item, ordinality);

insert into agreement_documents (agreement_id, position, title, url, language)
select (document ->> 'id')::uuid, ordinality - 1, item ->> 'title', item ->> 'url', item ->> 'language'
from exported_agreements, jsonb_array_elements(document -> 'documents') with ordinality as each(item, ordinality);

insert into topic_links (agreement_id, topic, position)
select (document ->> 'id')::uuid, slug, ordinality - 1
from exported_agreements, jsonb_array_elements_text(document -> 'topics') with ordinality as each(slug, ordinality);

insert into external_ids (agreement_id, scheme, id, position)
select (document ->> 'id')::uuid, item ->> 'scheme', item ->> 'id', ordinality - 1
from exported_agreements, jsonb_array_elements(document -> 'externalIds') with ordinality as each(item, ordinality);

insert into sources (id, title, kind, publisher, author, interviewee, published_on, occasion, url, language, licence, accessed_on, context, version, created_at, updated_at)
select d.id, d.title, d.kind, d.publisher, d.author, d.interviewee, d."publishedOn", d.occasion, d.url, d.language, d.licence, d."accessedOn", d.context, d.version, d."createdAt", d."updatedAt"
from exported_sources, jsonb_to_record(document) as d(id uuid, title text, kind text, publisher text, author text, interviewee text, "publishedOn" text, occasion text, url text, language text, licence text, "accessedOn" text, context text, version int, "createdAt" timestamptz, "updatedAt" timestamptz);

-- Only citations of agreements: the cited records of some other resources are not in this database.
delete from exported_citations where document #>> '{record,resource}' is distinct from 'agreements';

insert into citations (id, source_id, agreement_id, property, paragraph, page, excerpt, note, rank, version, created_at, updated_at)
select (document ->> 'id')::uuid, (document ->> 'source')::uuid, (document #>> '{record,id}')::uuid, document ->> 'property', document #>> '{locator,paragraph}', document #>> '{locator,page}', document ->> 'excerpt', document ->> 'note', document ->> 'rank', (document ->> 'version')::int, (document ->> 'createdAt')::timestamptz, (document ->> 'updatedAt')::timestamptz
from exported_citations;

insert into revisions (resource, key, version, operation, document, actor)
select resource, coalesce(document ->> 'id', document ->> 'code', document ->> 'slug'), (document ->> 'version')::int, 'create', text::json, '{"kind":"seed","id":null,"name":"npm run bench"}'
from (
  select 'regions' as resource, document, text from exported_regions
  union all select 'countries', document, text from exported_countries
  union all select 'topics', document, text from exported_topics
  union all select 'organizations', document, text from exported_organizations
  union all select 'agreements', document, text from exported_agreements
  union all select 'sources', document, text from exported_sources
  union all select 'citations', document, text from exported_citations
) as exported;
