import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { answerOf, asAdministrator } from './service.ts'

/** A write that the service acknowledged, or that was found to be done although its answer was lost. */
export interface Acknowledged {
  operation: 'create' | 'patch' | 'replace' | 'remove'
  key: string
  version: number
  /** What is written in every part of the document. */
  mark: string
}

const marked = z.looseObject({
  id: z.string(),
  version: z.number(),
  title: z.string(),
  place: z.string(),
  summary: z.string(),
  parties: z.array(z.looseObject({ contribution: z.string() })),
  topics: z.array(z.string()),
})

const topics = ['ford-1', 'ford-2', 'ford-3']

/** What a write puts in every part of a record, so that a mixture of two writes is detected. */
const documentOf = (mark: string) => ({
  title: mark,
  kind: 'agreement',
  place: mark,
  summary: mark,
  parties: ['CHN', 'PAK', 'DEU'].map((country) => ({ country, role: 'party', contribution: mark })),
  topics: topics.slice(0, 1 + (mark.length % topics.length)),
})

/**
 * The mark of a document that is whole.
 * @throws when its parts are not of one and the same write.
 */
export function markOf(document: unknown): string {
  const { title, place, summary, parties, topics } = marked.parse(document)
  const marks = new Set([title, place, summary, ...parties.map(({ contribution }) => contribution)])
  const whole = marks.size === 1 && parties.length === 3 && topics.length === 1 + (title.length % 3)
  if (!whole) throw new Error(`half of a document: ${JSON.stringify(document)}`)
  return title
}

/** What a client counts besides what it has written. */
export interface Trouble {
  /** Answers that did not arrive, or not completely. */
  cut: number
  /** Answers 503, and 409 while an earlier attempt of the same request still runs. */
  unavailable: number
  /** Answers to creates that an earlier attempt, whose answer was lost, had already done. */
  replayed: number
}

const path = '/v1/agreements'

/** Whether the service still works on an earlier attempt, whose answer the client did not get. */
const isRunning = ({ status, text }: { status: number; text: string }) =>
  status === 409 && text.includes('/problems/idempotency-key-in-use')

/** How long a client waits before it asks again, in milliseconds. */
const pause = 100

const versionIn = (headers: Headers) => Number(/^"(\d+)"$/.exec(headers.get('etag') ?? '')?.[1])

/**
 * A client who writes agreements of its own, one write after another, and asks again until it knows what became of each.
 * @param origins of the service's processes, which it takes in turn.
 * @param stopped aborts when the client must give up.
 */
export class Writer {
  readonly acknowledged: Acknowledged[] = []
  readonly trouble: Trouble = { cut: 0, unavailable: 0, replayed: 0 }
  readonly #origins: readonly string[]
  readonly #name: string
  readonly #own: { key: string; version: number }[] = []
  readonly #stopped: AbortSignal
  #asked = 0
  #written = 0

  constructor(name: string, origins: readonly string[], stopped: AbortSignal) {
    this.#name = name
    this.#stopped = stopped
    this.#origins = origins
  }

  /** Writes once: of four writes, two create, one changes and one replaces or removes what was made before. */
  async write(): Promise<void> {
    this.#written += 1
    const mark = `${this.#name}-${this.#written}${'.'.repeat(this.#written % 3)}`
    const kind = this.#written % 4
    const target = kind < 2 ? undefined : this.#own[this.#written % Math.max(this.#own.length, 1)]
    if (!target) return this.#create(mark)
    if (kind === 2) return this.#change(mark, target, 'patch')
    if (this.#written % 8 === 3) return this.#change(mark, target, 'replace')
    return this.#remove(mark, target)
  }

  /** Sends the request to the processes in turn until one answers with a status other than 503. */
  async #ask(
    url: string,
    init: RequestInit,
  ): Promise<{ status: number; headers: Headers; text: string; first: boolean }> {
    for (let first = true; ; first = false) {
      this.#stopped.throwIfAborted()
      this.#asked += 1
      const answer = await answerOf(`${this.#origins[this.#asked % this.#origins.length]}${url}`, init)
      if (answer && answer.status !== 503 && !isRunning(answer)) return { ...answer, first }
      if (answer) this.trouble.unavailable += 1
      else this.trouble.cut += 1
      await sleep(pause)
    }
  }

  async #create(mark: string): Promise<void> {
    const headers = { ...asAdministrator, 'idempotency-key': randomUUID() }
    const answer = await this.#ask(path, { method: 'POST', headers, body: JSON.stringify(documentOf(mark)) })
    if (answer.status !== 201) throw new Error(`a creation was answered ${answer.status}: ${answer.text}`)
    if (answer.headers.has('idempotency-replayed')) this.trouble.replayed += 1
    const { id: key, version } = marked.parse(JSON.parse(answer.text))
    this.#own.push({ key, version })
    this.acknowledged.push({ operation: 'create', key, version, mark })
  }

  async #change(
    mark: string,
    target: { key: string; version: number },
    operation: 'patch' | 'replace',
  ): Promise<void> {
    const answer = await this.#ask(`${path}/${target.key}`, {
      method: operation === 'patch' ? 'PATCH' : 'PUT',
      headers: {
        ...asAdministrator,
        'content-type': operation === 'patch' ? 'application/merge-patch+json' : 'application/json',
        'if-match': `"${target.version}"`,
      },
      body: JSON.stringify(documentOf(mark)),
    })
    target.version = await this.#versionAfter(answer, mark, target)
    this.acknowledged.push({ operation, key: target.key, version: target.version, mark })
  }

  /** The version that a change has made. After a 412 on a retry, the record shows whether an earlier attempt made it. */
  async #versionAfter(
    answer: { status: number; headers: Headers; text: string; first: boolean },
    mark: string,
    { key }: { key: string },
  ): Promise<number> {
    if (answer.status === 200) return versionIn(answer.headers)
    if (answer.status === 412 && !answer.first) {
      const now = await this.#ask(`${path}/${key}`, { headers: { 'cache-control': 'no-cache' } })
      if (markOf(JSON.parse(now.text)) === mark) return versionIn(now.headers)
    }
    throw new Error(`a change was answered ${answer.status}: ${answer.text}`)
  }

  async #remove(mark: string, target: { key: string; version: number }): Promise<void> {
    const answer = await this.#ask(`${path}/${target.key}`, {
      method: 'DELETE',
      headers: { authorization: asAdministrator.authorization, 'if-match': `"${target.version}"` },
    })
    const done = answer.status === 204 || (answer.status === 404 && !answer.first)
    if (!done) throw new Error(`a removal was answered ${answer.status}: ${answer.text}`)
    this.#own.splice(this.#own.indexOf(target), 1)
    this.acknowledged.push({ operation: 'remove', key: target.key, version: target.version + 1, mark })
  }
}
