import pg from 'pg'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { serverAddress } from '../../src/database/server-address.ts'

beforeEach(() => {
  vi.stubEnv('PGHOST', '').stubEnv('PGPORT', '')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

it.each([
  ['postgresql://db.example/registry', 'db.example:5432'],
  ['postgresql://db.example:6432/registry', 'db.example:6432'],
  ['postgresql://db.example:6432/registry?host=other.example&port=7432', 'other.example:7432'],
  ['postgresql:///registry', 'localhost:5432'],
  ['postgresql:///registry?host=/var/run/postgresql', '/var/run/postgresql:5432'],
  ['postgresql://%2Fvar%2Frun%2Fpostgresql/registry', '/var/run/postgresql:5432'],
])('the address in messages about %s is the one to which pg connects', (url, address) => {
  expect(serverAddress(url).address).toBe(address)
  const { host, port } = new pg.Client({ connectionString: url })
  expect(`${host}:${port}`).toBe(address)
})
