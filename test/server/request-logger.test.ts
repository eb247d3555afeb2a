import Fastify from 'fastify'
import { expect, it } from 'vitest'
import { RequestLogger } from '../../src/server/plugins/request-log/request-logger.ts'

/** Opens a logger, collects its lines, and counts the child loggers that it creates. */
function openLog() {
  const lines: Record<string, unknown>[] = []
  const write = (line: string) => lines.push(JSON.parse(line))
  const parent = Fastify({ logger: { level: 'info', stream: { write } } }).log
  const created = { children: 0 }
  const log = new RequestLogger(parent, () => {
    created.children += 1
    return parent.child({ requestId: 'r1' })
  })
  return { log, lines, created }
}

it('the logger of a request creates a child of the logger of the app once, for the first line', () => {
  const { log, lines, created } = openLog()
  expect(created.children).toBe(0)
  log.warn({ some: 'thing' }, 'first')
  log.error('second')
  expect(created.children).toBe(1)
  expect(lines).toMatchObject([
    { requestId: 'r1', some: 'thing', msg: 'first' },
    { requestId: 'r1', msg: 'second' },
  ])
})

it('the logger of a request writes no line below its level, which can be changed', () => {
  const { log, lines } = openLog()
  log.debug('nothing')
  expect(lines).toEqual([])
  expect(log.level).toBe('info')
  log.level = 'debug'
  log.debug('something')
  expect(lines).toMatchObject([{ requestId: 'r1', msg: 'something' }])
})

it('the logger of a request gives its children the id of the request', () => {
  const { log, lines } = openLog()
  log.child({ part: 'search' }).info('found')
  expect(lines).toMatchObject([{ requestId: 'r1', part: 'search', msg: 'found' }])
})
