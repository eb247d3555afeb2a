import { expect } from 'vitest'
import type { Resource } from '../../src/model/resource.ts'
import type { Api, HttpResponse, RequestOptions } from './api.ts'
import { type Document, listPath, type ProblemBody, readProblem, resourceOf } from './documents.ts'

/** The result of one operation of a bulk request. It can have a `problem` only with `atomic=false`. */
export type OperationResult = { status: number; version?: number; problem?: ProblemBody } & Document

/** Sends bulk operations on a resource. */
export const sendBulk = (
  api: Api,
  resource: Resource,
  operations: unknown,
  query = '',
  options?: RequestOptions,
) => api.post(`${listPath(resource)}/bulk${query}`, { operations }, options)

/** Sends bulk operations that succeed or fail independently of each other. */
export const sendNonAtomic = (api: Api, resource: Resource, operations: unknown) =>
  sendBulk(api, resource, operations, '?atomic=false')

/** Returns the results in a response with status 200. */
export const resultsIn = (response: HttpResponse) => {
  expect(response.status, response.text).toBe(200)
  return response.json<{ results: OperationResult[] }>().results
}

/** Sends operations with `atomic=false`, and returns the status of each. */
export const statusesOf = async (api: Api, resource: Resource, operations: unknown) =>
  resultsIn(await sendNonAtomic(api, resource, operations)).map(({ status }) => status)

/** Returns the pointer and the code of each fault in a response, sorted. */
export const faultsIn = (response: HttpResponse) =>
  (readProblem(response).errors ?? []).map(({ pointer, code }) => [pointer, code]).sort()

/** The resource that most bulk tests use. */
export const agreements = resourceOf('agreements')

/** Returns a minimal agreement, extended with the properties of `more`. */
export const agreement = <More extends object>(more?: More) => ({ title: 'Of many', kind: 'other', ...more })

/** Returns a minimal topic of the scheme `domain`, extended with the properties of `more`. */
export const topic = (slug: string, more = {}) => ({ slug, name: slug, scheme: 'domain', ...more })

/** Returns a minimal organization, extended with the properties of `more`. */
export const organization = (more = {}) => ({ name: 'A laboratory', kind: 'academic', ...more })
