import pg from 'pg'
import { errorCode } from '../../error-code.ts'
import { inTime } from '../in-time.ts'
import { Sockets } from './sockets.ts'

/** How long a server may take to answer, or to open a connection. It is away if it takes longer. */
export const probeTimeoutMs = 500

/** Rest after the first failure. It doubles with each further one. */
const minRestMs = 50
const maxRestMs = 2000

/** Receives what a server answers. */
export interface ProbeHandler<Answer> {
  /** @param askedAt moment of `performance.now()` before the question was sent. */
  onAnswer(answer: Answer, askedAt: number): void
  /** The server is away: it did not answer in time, refused, or has closed the connection. */
  onFailure(reason: string): void
}

/** Asks a server one question, as often as it is told to, on a connection of its own. A server that fails gets rests. */
export class Probe<Answer extends pg.QueryResultRow> {
  readonly #url: string
  readonly #question: string
  readonly #handler: ProbeHandler<Answer>
  readonly #sockets = new Sockets()
  #client: pg.Client | undefined
  #asking: Promise<void> | undefined
  #failures = 0
  #restsUntil = 0
  #isClosed = false

  /** @param question a statement with one row. */
  constructor(url: string, question: string, handler: ProbeHandler<Answer>) {
    this.#url = url
    this.#question = question
    this.#handler = handler
  }

  /** Asks, unless the server rests. Resolves when it has answered or failed. Never rejects. */
  async ask(): Promise<void> {
    if (performance.now() < this.#restsUntil || this.#isClosed) return
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    })
    await this.#asking
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#client = undefined
    this.#sockets.cut()
    await this.#asking
  }

  async #ask(): Promise<void> {
    try {
      const client = this.#client ?? (await this.#connect())
      const askedAt = performance.now()
      const { rows } = await inTime(client.query<Answer>(this.#question), probeTimeoutMs)
      const [answer] = rows
      if (!answer) throw new Error('no answer')
      this.#failures = 0
      this.#handler.onAnswer(answer, askedAt)
    } catch (error) {
      this.fail(error)
    }
  }

  /** Closes the connection and lets the server rest. */
  fail(error: unknown): void {
    this.#client = undefined
    this.#sockets.cut()
    if (this.#isClosed) return
    this.#restsUntil = performance.now() + Math.min(minRestMs * 2 ** this.#failures, maxRestMs)
    this.#failures += 1
    this.#handler.onFailure(errorCode(error) || (error instanceof Error ? error.message : String(error)))
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'entente probe',
      connectionTimeoutMillis: probeTimeoutMs,
      keepAlive: true,
      stream: this.#sockets.create,
    })
    const lose = () => {
      if (client === this.#client) this.fail(new Error('the connection was lost'))
    }
    client.on('error', lose).on('end', lose)
    await inTime(client.connect(), probeTimeoutMs)
    this.#client = client
    return client
  }
}
