import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { asAdministrator, fetchText } from './service.ts'

/** A write that the service acknowledged, or that took effect although its response was lost. */
export interface AcknowledgedWrite {
  operation: 'create' | 'patch' | 'replace' | 'remove'
  key: string
  version: number
  /** A unique text. All writes except removals put it into every text property of the document. */
  writeId: string
}

const agreementSchema = z.looseObject({
  id: z.string(),
  version: z.number(),
  title: z.string(),
  place: z.string(),
  summary: z.string(),
  parties: z.array(z.looseObject({ contribution: z.string() })),
  topics: z.array(z.string()),
})

const topics = ['ford-1', 'ford-2', 'ford-3']

/** Makes a document with the id of a write in every text property, so that a mixture of two writes is detected. */
const documentOf = (writeId: string) => ({
  title: writeId,
  kind: 'agreement',
  place: writeId,
  summary: writeId,
  parties: ['CHN', 'PAK', 'DEU'].map((country) => ({ country, role: 'party', contribution: writeId })),
  topics: topics.slice(0, 1 + (writeId.length % topics.length)),
})

/**
 * Returns the id of the write that made a document.
 * @throws when the properties of the document come from different writes.
 */
export function writeIdOf(document: unknown): string {
  const { title, place, summary, parties, topics } = agreementSchema.parse(document)
  const writeIds = new Set([title, place, summary, ...parties.map(({ contribution }) => contribution)])
  const isWhole = writeIds.size === 1 && parties.length === 3 && topics.length === 1 + (title.length % 3)
  if (!isWhole) throw new Error(`a mixture of different writes: ${JSON.stringify(document)}`)
  return title
}

/** Counts of failed and repeated attempts. */
export interface FailureCounts {
  /** Responses that were lost or incomplete. */
  disconnected: number
  /** Responses 503, and 409 while an earlier attempt of the same request still runs. */
  unavailable: number
  /** Stored responses to retried creates, of which an earlier attempt had succeeded. */
  replayed: number
}

const path = '/v1/agreements'

/** Whether an earlier attempt of the same request still runs. */
const isRunning = ({ status, text }: { status: number; text: string }) =>
  status === 409 && text.includes('/problems/idempotency-key-in-use')

const retryDelayMs = 100

const versionIn = (headers: Headers) => Number(/^"(\d+)"$/.exec(headers.get('etag') ?? '')?.[1])

/**
 * A client that creates and changes its own agreements, one after another, and retries each write until it knows the result.
 * @param origins origins of the service's processes, to which requests are sent in turn.
 * @param stopped signal that stops the client.
 */
export class Writer {
  readonly acknowledged: AcknowledgedWrite[] = []
  readonly failures: FailureCounts = { disconnected: 0, unavailable: 0, replayed: 0 }
  readonly #origins: readonly string[]
  readonly #name: string
  readonly #records: { key: string; version: number }[] = []
  readonly #stopped: AbortSignal
  #sent = 0
  #written = 0

  constructor(name: string, origins: readonly string[], stopped: AbortSignal) {
    this.#name = name
    this.#stopped = stopped
    this.#origins = origins
  }

  /** Writes once. Two of four writes create a record, one patches a record, and one replaces or removes a record. */
  async write(): Promise<void> {
    this.#written += 1
    const writeId = `${this.#name}-${this.#written}${'.'.repeat(this.#written % 3)}`
    const turn = this.#written % 4
    const target = turn < 2 ? undefined : this.#records[this.#written % Math.max(this.#records.length, 1)]
    if (!target) return this.#create(writeId)
    if (turn === 2) return this.#change(writeId, target, 'patch')
    if (this.#written % 8 === 3) return this.#change(writeId, target, 'replace')
    return this.#remove(writeId, target)
  }

  /** Sends the request to the processes in turn. Repeats it after a lost response, 503, and 409 while an earlier attempt runs. */
  async #send(
    url: string,
    init: RequestInit,
  ): Promise<{ status: number; headers: Headers; text: string; isFirstAttempt: boolean }> {
    for (let isFirstAttempt = true; ; isFirstAttempt = false) {
      this.#stopped.throwIfAborted()
      this.#sent += 1
      const response = await fetchText(`${this.#origins[this.#sent % this.#origins.length]}${url}`, init)
      if (response && response.status !== 503 && !isRunning(response)) return { ...response, isFirstAttempt }
      if (response) this.failures.unavailable += 1
      else this.failures.disconnected += 1
      await sleep(retryDelayMs)
    }
  }

  async #create(writeId: string): Promise<void> {
    const headers = { ...asAdministrator, 'idempotency-key': randomUUID() }
    const response = await this.#send(path, {
      method: 'POST',
      headers,
      body: JSON.stringify(documentOf(writeId)),
    })
    if (response.status !== 201)
      throw new Error(`the status of a creation was ${response.status}: ${response.text}`)
    if (response.headers.has('idempotency-replayed')) this.failures.replayed += 1
    const { id: key, version } = agreementSchema.parse(JSON.parse(response.text))
    this.#records.push({ key, version })
    this.acknowledged.push({ operation: 'create', key, version, writeId })
  }

  async #change(
    writeId: string,
    target: { key: string; version: number },
    operation: 'patch' | 'replace',
  ): Promise<void> {
    const response = await this.#send(`${path}/${target.key}`, {
      method: operation === 'patch' ? 'PATCH' : 'PUT',
      headers: {
        ...asAdministrator,
        'content-type': operation === 'patch' ? 'application/merge-patch+json' : 'application/json',
        'if-match': `"${target.version}"`,
      },
      body: JSON.stringify(documentOf(writeId)),
    })
    target.version = await this.#versionAfter(response, writeId, target)
    this.acknowledged.push({ operation, key: target.key, version: target.version, writeId })
  }

  /** Returns the version after a change. Reads the record after a 412 on a retry: an earlier attempt may have succeeded. */
  async #versionAfter(
    response: { status: number; headers: Headers; text: string; isFirstAttempt: boolean },
    writeId: string,
    { key, version }: { key: string; version: number },
  ): Promise<number> {
    if (response.status === 200) return versionIn(response.headers)
    if (response.status === 412 && !response.isFirstAttempt) {
      const current = await this.#readAfter(key, version)
      if (writeIdOf(JSON.parse(current.text)) === writeId) return versionIn(current.headers)
    }
    throw new Error(`the status of a change was ${response.status}: ${response.text}`)
  }

  /** Reads until the version is later than the given one. A replica may lag: the response with the new position was lost. */
  async #readAfter(key: string, version: number): Promise<{ headers: Headers; text: string }> {
    for (;;) {
      const current = await this.#send(`${path}/${key}`, { headers: { 'cache-control': 'no-cache' } })
      if (current.status !== 200 || versionIn(current.headers) > version) return current
      await sleep(retryDelayMs)
    }
  }

  async #remove(writeId: string, target: { key: string; version: number }): Promise<void> {
    const response = await this.#send(`${path}/${target.key}`, {
      method: 'DELETE',
      headers: { authorization: asAdministrator.authorization, 'if-match': `"${target.version}"` },
    })
    const isRemoved = response.status === 204 || (response.status === 404 && !response.isFirstAttempt)
    if (!isRemoved) throw new Error(`the status of a removal was ${response.status}: ${response.text}`)
    this.#records.splice(this.#records.indexOf(target), 1)
    this.acknowledged.push({ operation: 'remove', key: target.key, version: target.version + 1, writeId })
  }
}
