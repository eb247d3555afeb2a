/** Returns a random `Idempotency-Key`. `crypto.randomUUID` is only available in secure contexts (HTTPS). */
export const newIdempotencyKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )
