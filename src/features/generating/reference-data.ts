import type pg from 'pg'
import { OperationalError } from '../../operational-error.ts'

/** The reference data that generated records refer to. */
export interface ReferenceData {
  /** Countries, those that take part most often first. */
  countries: { code: string; name: string }[]
  topics: { slug: string; name: string }[]
  regions: string[]
}

/** Codes of the countries that take part most often. The other countries follow in the order of a hash. */
const topCodes = 'CHN USA DEU FRA GBR RUS JPN ITA KOR BRA IND ZAF CAN AUS ESP NLD PAK EGY KEN KAZ'.split(' ')

/** Reads the public reference data, since generated records are public, too. @throws OperationalError when some is missing. */
export async function readReferenceData(client: pg.ClientBase): Promise<ReferenceData> {
  const { rows: countries } = await client.query<ReferenceData['countries'][number]>(
    `select code, name from published.countries where valid_to is null
     order by coalesce(array_position($1::text[], code), 1000), md5(code)`,
    [topCodes],
  )
  const { rows: topics } = await client.query<ReferenceData['topics'][number]>(
    "select slug, name from published.topics where scheme in ('domain', 'challenge', 'ford') order by md5(slug)",
  )
  const { rows: regions } = await client.query<{ code: string }>(
    "select code from published.regions where kind = 'region' order by code",
  )
  if (countries.length < 2 || topics.length === 0 || regions.length === 0)
    throw new OperationalError(
      "the registry lacks public countries, regions or topics, to which generated records refer: run 'entente seed reference'",
    )
  return { countries, topics, regions: regions.map(({ code }) => code) }
}
