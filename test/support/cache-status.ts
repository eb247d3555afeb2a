import { expect, vi } from 'vitest'
import type { Api, HttpAnswer, RequestOptions } from './api.ts'

/** Returns the Cache-Status header (RFC 9211) of a response, or an empty text. */
export const statusOf = (answer: HttpAnswer) => answer.headers.get('cache-status') ?? ''
/** Tells whether a response came from the response cache. */
export const isHit = (answer: HttpAnswer) => statusOf(answer) === 'Entente; hit'

/** Waits until the service hears of changes, so that it keeps answers. */
export async function untilKept(service: Api, path = '/v1/regions?limit=1', options?: RequestOptions) {
  const isKept = async () => expect(statusOf(await service.get(path, options))).toMatch(/hit/)
  await vi.waitFor(isKept, { timeout: 8000, interval: 20 })
}
