import { readFileSync } from 'node:fs'
import type { QueryConfig } from 'pg'

/**
 * The statements of the benchmark's baseline "by hand", each in a file in this folder. They are the SQL of the service as of
 * commit c79015c, except `aggregate`, which was written for the benchmark. That version passed a value once for each use, so
 * `values` repeats the size of the page.
 */

const readSql = (name: string): string => readFileSync(new URL(`${name}.sql`, import.meta.url), 'utf8')

/** A page of 25 agreements, sorted by day of signature, with five properties only. */
export const list: QueryConfig = { name: 'list', text: readSql('list'), values: [25, 25, 25, 25] }

/** A page of 25 whole agreements, sorted by day of signature. */
export const listWhole: QueryConfig = { name: 'wide', text: readSql('wide'), values: [25, 25, 25, 25] }

/** A page of 25 agreements that contain two words. */
export const search: QueryConfig = {
  name: 'q',
  text: readSql('q'),
  values: [25, 25, 25, 'laboratories energy', 25],
}

const country = ['PAK']

/** The first agreement of a country. */
export const firstOfCountry: QueryConfig = {
  name: 'first-of-country',
  text: readSql('first-of-country'),
  values: [1, 1, 1, country, country, 1],
}

/** The number of agreements of a country. */
export const count: QueryConfig = { name: 'count', text: readSql('count'), values: [country, country] }

/** Agreements by country and year. */
export const aggregate: QueryConfig = { name: 'aggregate', text: readSql('aggregate') }

const readText = readSql('read')

/** One whole agreement. */
export const read = (id: string): QueryConfig => ({ name: 'read', text: readText, values: [id] })

/** COPY of all agreements as CSV. */
export const copyText = readSql('copy')

const revisionText = readSql('revision')
const actor = JSON.stringify({ kind: 'key', id: 'ADMIN_KEY', name: 'ADMIN_KEY' })

/** Writes the revision of an agreement and returns its document. */
export const recordRevision = (id: string, operation: 'create' | 'patch'): QueryConfig => ({
  name: 'revision',
  text: revisionText,
  values: ['agreements', operation, actor, null, null, [id]],
})
