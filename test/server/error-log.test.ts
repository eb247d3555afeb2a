import Fastify from 'fastify'
import { expect, it } from 'vitest'
import { errorHandler } from '../../src/server/plugins/error-handler.ts'
import { openEmptyDatabase } from '../support/database.ts'
import { useOpened } from '../support/use-opened.ts'

/** The level of the log line for an error that is answered with a status of 500 or more. */

const testDatabase = useOpened(openEmptyDatabase)

it.each([
  ['40001', 40],
  ['40P01', 40],
  ['53100', 50],
])('a transaction that fails each time with %s is logged at level %i', async (state, level) => {
  const lines: unknown[] = []
  const app = Fastify({
    logger: { level: 'warn', stream: { write: (line: string) => lines.push(JSON.parse(line)) } },
  })
  app.register(errorHandler)
  app.get('/', () =>
    testDatabase.database.transaction((tx) =>
      tx.query({ text: `do $$ begin raise 'the reason' using errcode = '${state}'; end $$` }),
    ),
  )
  const { statusCode } = await app.inject('/')
  expect({ statusCode, lines }).toMatchObject({
    statusCode: 503,
    lines: [{ level, err: { message: 'the reason' } }],
  })
})
