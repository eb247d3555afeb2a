import { expect, vi } from 'vitest'
import type { Api, HttpResponse, RequestOptions } from './api.ts'

/** Returns the Cache-Status header (RFC 9211) of a response, or an empty string. */
export const cacheStatus = (response: HttpResponse) => response.headers.get('cache-status') ?? ''

/** Tells whether a response came from the response cache, and is not stale. */
export const isHit = (response: HttpResponse) => cacheStatus(response) === 'Entente; hit'

/** Waits until the cache has the response of a path. It stores no responses before the service receives notifications. */
export async function waitUntilCached(service: Api, path = '/v1/regions?limit=1', options?: RequestOptions) {
  const expectHit = async () => expect(cacheStatus(await service.get(path, options))).toMatch(/hit/)
  await vi.waitFor(expectHit, { timeout: 8000, interval: 20 })
}
