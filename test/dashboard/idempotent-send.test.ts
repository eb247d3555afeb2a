import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest'

/** Repeated saves of a form whose first response was lost, without a browser. */

interface Sent {
  apiKey: string | null
  idempotencyKey: string | null
}

let sent: Sent[] = []
beforeEach(() => {
  sent = []
  vi.stubGlobal('location', { search: '' })
  vi.stubGlobal('fetch', async (_path: string, { headers }: RequestInit) => {
    const given = new Headers(headers)
    sent.push({ apiKey: given.get('authorization'), idempotencyKey: given.get('idempotency-key') })
    if (sent.length === 1) throw new TypeError('The connection was lost')
    return Response.json({ id: 'saved' })
  })
})
afterEach(() => vi.unstubAllGlobals())

async function startForm() {
  const { createIdempotentSend } = await import('../../src/dashboard/editing/use-idempotent-send.ts')
  const { endSession, startSession } = await import('../../src/dashboard/session.ts')
  const { sendIdempotently } = createIdempotentSend()
  onTestFinished(() => endSession('signedOut'))
  return {
    create: () => sendIdempotently('/v1/agreements', { method: 'POST', body: { title: 'Once' } }),
    signIn: (key: string) =>
      startSession({ key, actor: { kind: 'key', id: null, name: key, role: 'editor' } }, false),
    signOut: () => endSession('signedOut'),
  }
}

it('a creation whose response was lost is sent again with the same idempotency key', async () => {
  const { create, signIn, signOut } = await startForm()
  signIn('first')
  await expect(create()).rejects.toMatchObject({ status: 0 })
  signOut()
  signIn('first')
  await expect(create()).resolves.toMatchObject({ record: { id: 'saved' } })
  expect(sent).toHaveLength(2)
  expect(sent[1]).toEqual(sent[0])
})

it('a creation whose response was lost is not sent under another API key before a warning', async () => {
  const { create, signIn, signOut } = await startForm()
  signIn('first')
  await expect(create()).rejects.toMatchObject({ status: 0 })
  signOut()
  signIn('second')
  await expect(create()).rejects.toMatchObject({ type: 'sent-with-other-key' })
  expect(sent).toHaveLength(1)
  await expect(create()).resolves.toMatchObject({ record: { id: 'saved' } })
  expect(sent[1]?.apiKey).toBe('Bearer second')
  expect(sent[1]?.idempotencyKey).not.toBe(sent[0]?.idempotencyKey)
})
