import { expect } from 'vitest'
import type { Resource } from '../../src/resources/resource.ts'
import type { Api, HttpAnswer, RequestOptions } from './api.ts'
import { type Document, listPath, type Refusal, refusal, resourceOf } from './documents.ts'

export type Result = { status: number; version?: number; problem?: Refusal } & Document

export const send = (
  api: Api,
  resource: Resource,
  operations: unknown,
  query = '',
  options?: RequestOptions,
) => api.post(`${listPath(resource)}/bulk${query}`, { operations }, options)
export const each = (api: Api, resource: Resource, operations: unknown) =>
  send(api, resource, operations, '?atomic=false')
export const resultsIn = (answer: HttpAnswer) => {
  expect(answer.status, answer.text).toBe(200)
  return answer.json<{ results: Result[] }>().results
}
export const faultsIn = (answer: HttpAnswer) =>
  (refusal(answer).errors ?? []).map(({ pointer, code }) => [pointer, code]).sort()

export const agreements = resourceOf('agreements')
export const agreement = <More extends object>(more?: More) => ({ title: 'Of many', kind: 'other', ...more })
