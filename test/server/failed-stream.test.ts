import { Readable } from 'node:stream'
import Fastify from 'fastify'
import { expect, it } from 'vitest'
import { Problem } from '../../src/problems/problem.ts'
import { errorHandler } from '../../src/server/plugins/error-handler.ts'

it('a stream that fails before its first byte becomes a problem without headers of its body', async () => {
  const app = Fastify()
  app.register(errorHandler)
  const failing = () =>
    new Readable({
      read() {
        this.destroy(new Problem('unavailable', 'The database does not respond.'))
      },
    })
  const bodyHeaders = { 'content-encoding': 'br', 'content-disposition': 'attachment', etag: '"1"' }
  app.get('/', (_request, reply) => reply.headers(bodyHeaders).send(failing()))
  const { statusCode, headers, json } = await app.inject('/')
  expect(statusCode).toBe(503)
  expect(json()).toMatchObject({ type: '/problems/unavailable' })
  for (const name of Object.keys(bodyHeaders)) expect(headers).not.toHaveProperty(name)
})
