import { sql } from 'drizzle-orm'
import type { Transaction } from '../../database/database.ts'
import { groupingSettings } from '../../database/reading-settings.ts'
import type { Language } from '../../model/languages.ts'
import { nameInDocument } from '../../model/names.ts'
import type { Registry } from '../../model/registry.ts'
import { ifNoneMatch, taggedResponse } from '../../operations/entity-tags.ts'
import {
  acceptLanguage,
  contentLanguage,
  languageParameter,
  withLanguageHeaders,
} from '../../operations/language.ts'
import { withMergedRecords } from '../../operations/merged.ts'
import type { Endpoint } from '../../operations/operation.ts'
import { readSnapshotAt } from '../../operations/past.ts'
import { recordNotFound } from '../../operations/read.ts'
import { readResponses } from '../../operations/response-schemas.ts'
import { getRecordAsOf, recordAsOfParameter } from '../../query/past.ts'
import { placeholder, statement } from '../../query/statement.ts'
import { changesJson } from './changes.ts'
import { briefingSchema } from './contract.ts'
import { figuresListPath, readFigures } from './figures.ts'
import { maxExpiring } from './limits.ts'
import { QueryRunner } from './query-runner.ts'
import { amountsJson, briefingResources, sectionJson, sourcesJson, unitsJson } from './sections.ts'

interface BriefingRequest {
  code: string
  language: Language
  /** The day on which agreements are in force: the day of `asOf`, or today in UTC. */
  day: string
  asOf: string | undefined
}

/** Returns the same day of the next year; for 29 February, 1 March. */
function oneYearLater(day: string): string {
  const date = new Date(day)
  date.setUTCFullYear(date.getUTCFullYear() + 1)
  return date.toISOString().slice(0, 10)
}

/** Joins JSON texts into an object. */
const jsonObject = (parts: Record<string, string>): string =>
  `{${Object.entries(parts)
    .map(([name, text]) => `"${name}":${text}`)
    .join()}}`

interface ExpiringAgreement {
  id: string
  title: string
  alternativeTitles: unknown
}

/** Returns the JSON of the agreements in force that may expire within a year, sorted by the date of expiry. */
async function expiringJson(
  registry: Registry,
  queries: QueryRunner,
  { code, day, language }: BriefingRequest,
): Promise<string> {
  const agreements = registry.get('agreements')
  const { search } = registry.declaration('agreements')
  const query = `country=${code}&inForceOn=${day}&expiresOn%5Blte%5D=${oneYearLater(day)}`
  const { count, list } = await queries.count(agreements, query)
  const parameters = `${query}&sort=expiresOn&limit=${maxExpiring}&fields=id,title,alternativeTitles,expiresOn,renewal,visibility`
  const found = count > 0 ? await queries.read<ExpiringAgreement>(agreements, parameters) : []
  const data = found.map(({ alternativeTitles, ...record }) => ({
    ...record,
    title: nameInDocument({ ...record, alternativeTitles }, search, language),
    link: `/v1/agreements/${record.id}`,
  }))
  return JSON.stringify({ count, list, data })
}

/** Returns the JSON of a briefing, or undefined when there is no such country. */
async function briefingJson(
  registry: Registry,
  tx: Transaction,
  request: BriefingRequest,
): Promise<string | undefined> {
  const { code, day, asOf, language } = request
  const queries = new QueryRunner(tx, language, asOf)
  const countryQuery =
    () => sql`select json_build_object('code', code, 'name', ${registry.nameOf('countries')(sql`countries.code`, language)},
    'link', '/v1/countries/' || code)::text as country from countries where code = ${placeholder('code')}`
  const [found] = await tx.query<{ country: string }>(
    statement(`briefing|${language}`, countryQuery, { code }),
  )
  if (!found) return undefined
  const filter = `country=${code}`
  const programs = registry.get('assistance-programs')
  const records: string[] = []
  for (const resource of briefingResources(registry))
    records.push(`"${resource.name}":${await sectionJson(queries, resource, filter, code)}`)
  return jsonObject({
    country: found.country,
    day: JSON.stringify(day),
    records: `{${records.join()}}`,
    inForce: await sectionJson(queries, registry.get('agreements'), `${filter}&inForceOn=${day}`, code),
    expiring: await expiringJson(registry, queries, request),
    units: await unitsJson(queries, registry.get('cooperation-bases'), filter),
    given: await amountsJson(queries, programs, `${filter}&role=donor,funder`),
    received: await amountsJson(queries, programs, `${filter}&role=recipient,beneficiary`),
    changes: asOf === undefined ? await changesJson(registry, tx, code, language) : 'null',
    figures: JSON.stringify(await readFigures(registry, queries, code)),
    figuresList: JSON.stringify(figuresListPath(registry, queries, code)),
    sources: await sourcesJson(queries, registry.get('citations'), code),
  })
}

/** `GET /v1/countries/{code}/briefing`: a summary of what the registry has about a country. */
export function briefingEndpoint(registry: Registry): Endpoint {
  const countries = registry.get('countries')
  return withMergedRecords(countries, {
    method: 'GET',
    path: '/v1/countries/{code}/briefing',
    tag: countries.name,
    collection: countries,
    contract: {
      operationId: 'getCountryBriefing',
      summary: 'Read the briefing of a country',
      description:
        'A summary of what the registry has about a country, as of one moment: its agreements, projects, bases and programs by year, kind, status, topic and partner, what is in force and what expires within a year, the programs in which it is donor or recipient, the latest changes (not with `asOf`), the figures that sources state beside the counts of the registry, and the sources. Each number has the path of the list of its records.',
      access: 'read',
      cost: 20,
      query: { ...recordAsOfParameter, ...languageParameter('names and labels') },
      headers: [ifNoneMatch, acceptLanguage],
      responses: readResponses('The briefing.', () => briefingSchema(registry), {
        'content-language': contentLanguage,
      }),
      problems: ['not-found'],
    },

    async handle({ key: code, query, language }, context) {
      const asOf = getRecordAsOf(query)
      const time = asOf === undefined ? await context.database.clock.now() : new Date(asOf)
      const request = { code, language, asOf, day: time.toISOString().slice(0, 10) }
      const text = await readSnapshotAt(
        asOf,
        context,
        (tx) => briefingJson(registry, tx, request),
        asOf === undefined ? groupingSettings : undefined,
      )
      if (text === undefined) throw recordNotFound(countries, code, asOf)
      return withLanguageHeaders(taggedResponse(text), language)
    },
  })
}
