import { expect } from 'vitest'
import type { HttpResponse } from './api.ts'

/** Expects a response with status 503, a problem of the given type, and `Retry-After` in seconds. */
export function expectUnavailable(response: HttpResponse, type: string): void {
  expect(response.json()).toMatchObject({ type: `/problems/${type}`, status: 503 })
  expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
}
