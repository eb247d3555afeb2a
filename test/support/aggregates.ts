import { expect } from 'vitest'
import type { Api } from './api.ts'

/** A group of an aggregate, with the link to the list of its records. */
export interface Group {
  key: Record<string, string | null>
  label: Record<string, string>
  measures: Record<string, number | null>
  list: string
}

/** The body of an aggregate's response. */
export interface Aggregate {
  data: Group[]
  groups: { count: number; limit: number }
  /** Only with `top`, which limits `data` to the largest groups: all other groups as one; null if there are none. */
  other?: { label: string; groups: number; measures: Record<string, number | null>; list: string } | null
  total: number
}

/** Requests an aggregate of a resource and returns the body of the response. */
export const aggregate = async (
  api: Api,
  resource: string,
  parameters: Record<string, string>,
): Promise<Aggregate> => {
  const response = await api.get(`/v1/${resource}/aggregate?${new URLSearchParams(parameters)}`)
  expect(response.status, response.text).toBe(200)
  return response.json<Aggregate>()
}

/** Returns the number of records in a list. @param list path of the list, with or without a query string. */
export async function countInList(api: Api, list: string): Promise<number> {
  const response = await api.get(`${list}${list.includes('?') ? '&' : '?'}count=exact&limit=1`)
  expect(response.status, `${list} ${response.text}`).toBe(200)
  return response.json<{ page: { total: { count: number } } }>().page.total.count
}
