import type { FastifyBaseLogger } from 'fastify'

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'

/**
 * The logger of one request. It creates the child logger, which has the request's ids, only when it is first used: to write a
 * line, to set the level or to create a child. Most requests write no line with it, since `request-log.ts` writes the line
 * about their end with the logger of the app. A child logger costs 5 % of the time of a response from the cache.
 */
export class RequestLogger implements FastifyBaseLogger {
  readonly #parent: FastifyBaseLogger
  readonly #makeChild: () => FastifyBaseLogger
  #child: FastifyBaseLogger | undefined

  constructor(parent: FastifyBaseLogger, makeChild: () => FastifyBaseLogger) {
    this.#parent = parent
    this.#makeChild = makeChild
  }

  get level() {
    return (this.#child ?? this.#parent).level
  }

  set level(level) {
    this.#getChild().level = level
  }

  fatal(...line: unknown[]): void {
    this.#write('fatal', line)
  }

  error(...line: unknown[]): void {
    this.#write('error', line)
  }

  warn(...line: unknown[]): void {
    this.#write('warn', line)
  }

  info(...line: unknown[]): void {
    this.#write('info', line)
  }

  debug(...line: unknown[]): void {
    this.#write('debug', line)
  }

  trace(...line: unknown[]): void {
    this.#write('trace', line)
  }

  silent(): void {}

  child(...options: Parameters<FastifyBaseLogger['child']>): FastifyBaseLogger {
    return this.#getChild().child(...options)
  }

  #getChild(): FastifyBaseLogger {
    this.#child ??= this.#makeChild()
    return this.#child
  }

  #write(level: Level, line: unknown[]): void {
    const logger = this.#getChild()
    Reflect.apply(logger[level], logger, line)
  }
}
