import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'

/** A Fastify server that only sends bytes from memory: an upper bound for the speed of the service. */

/** URL of the response whose body the server sends. */
const source = process.env.BENCH_SOURCE ?? ''
const bytes = Buffer.from(await (await fetch(source)).arrayBuffer())
const app = Fastify()
app.get('/', async (_request, reply) => reply.type('application/json; charset=utf-8').send(bytes))
await app.listen({ port: 0, host: '127.0.0.1' })
// A server that listens on TCP has an address with a port.
console.log(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`)
