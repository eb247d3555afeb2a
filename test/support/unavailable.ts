import { expect } from 'vitest'
import type { HttpResponse } from './api.ts'

/** Expects that a response is a problem of a type with status 503, and says after how many seconds to try again. */
export function expectUnavailable(response: HttpResponse, type: string): void {
  expect(response.json()).toMatchObject({ type: `/problems/${type}`, status: 503 })
  expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
}
