import type { RequestTemplate } from './load.ts'
import {
  aggregateQueryString,
  fullTextQueryString,
  listQueryString,
  newAgreement,
  wideQueryString,
} from './requests.ts'

/** The service with its response cache (`cached`) and without it (`cold`), `by-hand/server.ts`, and `bare.ts`. */
export type ServerName = 'cached' | 'cold' | 'by hand' | 'bare'

/** A case: requests to several servers that ask for the same content or make the same change. */
export interface Case {
  /** Its name for `--only`. */
  name: string
  title: string
  requests: Partial<Record<ServerName, RequestTemplate>>
  /** Number of connections; fewer for a request that keeps a whole processor busy. */
  connections?: number
  /** Number of requests per round, for requests that take longer than a round. */
  amount?: number
}

const get = (path: string): RequestTemplate => ({ method: 'GET', path: () => path })

const json = { 'content-type': 'application/json' }

/**
 * The cases that compare several servers.
 * @param ids ids of agreements to read and change.
 * @param key key of the administrator.
 */
export function casesFor(ids: string[], key: string): Case[] {
  const id = (number: number) => ids[number % ids.length] ?? ''
  const list = `/v1/agreements?${listQueryString}`
  const wide = `/v1/agreements?${wideQueryString}`
  const q = `/v1/agreements?${fullTextQueryString}`
  const count = '/v1/agreements?country=PAK&limit=1&count=exact'
  const aggregate = `/v1/agreements/aggregate?${aggregateQueryString}`
  const read: RequestTemplate = { method: 'GET', path: (number) => `/v1/agreements/${id(number)}` }
  const authorization = `Bearer ${key}`
  return [
    {
      name: 'read',
      title: 'record by key',
      requests: { cached: read, cold: read, 'by hand': { ...read, path: (number) => `/read/${id(number)}` } },
    },
    {
      name: 'list',
      title: 'list of 25, five properties',
      requests: { cached: get(list), cold: get(list), 'by hand': get('/list'), bare: get('/') },
    },
    {
      name: 'wide',
      title: 'list of 25, whole agreements',
      requests: { cached: get(wide), cold: get(wide), 'by hand': get('/wide') },
    },
    {
      name: 'q',
      title: 'list of 25, filtered with q',
      requests: { cached: get(q), cold: get(q), 'by hand': get('/q') },
    },
    {
      name: 'count',
      title: 'exact count',
      connections: 2,
      requests: { cached: get(count), cold: get(count), 'by hand': get('/count') },
    },
    {
      name: 'aggregate',
      title: 'aggregate by country and year',
      connections: 1,
      amount: 1,
      requests: { cold: get(aggregate), 'by hand': get('/aggregate') },
    },
    {
      name: 'create',
      title: 'create',
      requests: {
        cold: {
          method: 'POST',
          path: () => '/v1/agreements',
          body: newAgreement,
          headers: { ...json, authorization },
        },
        'by hand': { method: 'POST', path: () => '/create', body: newAgreement, headers: json },
      },
    },
    {
      name: 'patch',
      title: 'patch',
      requests: {
        cold: {
          method: 'PATCH',
          path: (number) => `/v1/agreements/${id(number)}`,
          body: (number) => JSON.stringify({ title: `Agreement with another title, no. ${number}` }),
          headers: { 'content-type': 'application/merge-patch+json', authorization, 'if-match': '*' },
        },
        'by hand': {
          method: 'PATCH',
          path: (number) => `/patch/${id(number)}`,
          body: (number) => JSON.stringify({ title: `Agreement with another title, no. ${number}` }),
          headers: json,
        },
      },
    },
  ]
}
