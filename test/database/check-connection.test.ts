// @module-tag slow

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Server } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { checkConnection } from '../../src/database/check-connection.ts'
import { type DatabaseOptions, openDatabaseAt } from '../../src/database/database.ts'
import { openEmptyDatabase } from '../support/database.ts'
import { generousOptions } from '../support/database-options.ts'
import { databaseUrl } from '../support/database-url.ts'
import { getPort } from '../support/ports.ts'
import { useOpened } from '../support/use-opened.ts'

const database = useOpened(openEmptyDatabase)

/** Returns the error of a connection check, or an empty string if it succeeds. */
async function connectionError(url: string, options: Partial<DatabaseOptions> = {}): Promise<string> {
  const checked = openDatabaseAt(url, { ...generousOptions, ...options })
  try {
    await checkConnection(checked, url, 'DATABASE_URL')
    return ''
  } catch (error) {
    return String(error)
  } finally {
    await checked.close()
  }
}

/** Makes a server listen on a free port of 127.0.0.1, and returns the port. */
async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return getPort(server)
}

describe('an unusable DATABASE_URL is reported in one line', () => {
  it('when the host is unknown', async () => {
    expect(await connectionError('postgresql://user:secret@nowhere.invalid/db')).toBe(
      'OperationalError: DATABASE_URL: cannot resolve host name "nowhere.invalid"',
    )
  })

  it('when the port is closed', async () => {
    expect(await connectionError('postgresql://user:secret@127.0.0.1:1/db')).toBe(
      'OperationalError: DATABASE_URL: connection refused at 127.0.0.1:1; is PostgreSQL running there?',
    )
  })

  it('when the host accepts connections but sends nothing', async () => {
    const server = createServer()
    try {
      const port = await listen(server)
      const url = `postgresql://user:secret@127.0.0.1:${port}/db`
      expect(await connectionError(url, { acquireTimeoutMs: 200 })).toBe(
        `OperationalError: DATABASE_URL: 127.0.0.1:${port} does not answer within POOL_WAIT_SECONDS`,
      )
    } finally {
      server.close()
    }
  })

  it('when it names a missing file, and the line has the host and port from its parameters', async () => {
    const parameters = 'host=127.0.0.1&port=1&sslrootcert=/missing.pem'
    expect(await connectionError(`postgresql:///db?user=user&${parameters}`)).toMatch(
      /DATABASE_URL: cannot connect to PostgreSQL at 127\.0\.0\.1:1: .* open '\/missing\.pem'$/,
    )
  })

  it('when the encoding of the database is not UTF8', async () => {
    const name = `latin_${randomBytes(4).toString('hex')}`
    await database.pool.query(
      `create database ${name} encoding 'LATIN1' locale_provider libc locale 'C' template template0`,
    )
    try {
      expect(await connectionError(databaseUrl(database.url, name))).toBe(
        `OperationalError: DATABASE_URL: the database has the encoding LATIN1; create it with "encoding 'UTF8' template template0"`,
      )
    } finally {
      await database.pool.query(`drop database ${name}`)
    }
  })

  it('when the locale of the database does not make "i" of "I"', async () => {
    const name = `turkish_${randomBytes(4).toString('hex')}`
    await database.pool.query(
      `create database ${name} encoding 'UTF8' locale_provider icu icu_locale 'tr' locale 'C' template template0`,
    )
    try {
      expect(await connectionError(databaseUrl(database.url, name))).toBe(
        `OperationalError: DATABASE_URL: the locale of the database makes "ı" of "I", as in Turkish, so "india" would not find "India"; create the database with "locale 'C.UTF-8' template template0"`,
      )
    } finally {
      await database.pool.query(`drop database ${name}`)
    }
  })

  it('when the server requires a password and the URL has none', async () => {
    vi.stubEnv('PGPASSWORD', undefined)
    onTestFinished(() => {
      vi.unstubAllEnvs()
    })
    const { href } = Object.assign(new URL(database.url), { password: '' })
    expect(await connectionError(href)).toMatch(
      /^OperationalError: DATABASE_URL: PostgreSQL at \S+ requires a password, which the URL lacks$/,
    )
  })

  it('when the user or the database does not exist, and the password is not shown', async () => {
    const unknownUser = Object.assign(new URL(database.url), { username: 'nobody_known', password: 'secret' })
    const error = await connectionError(unknownUser.href)
    expect(error).toMatch(
      /^OperationalError: DATABASE_URL: cannot connect to PostgreSQL at \S+: [^\n]+"nobody_known"/,
    )
    expect(error).not.toContain('secret')
    expect(await connectionError(databaseUrl(database.url, 'no_such_database'))).toMatch(
      /database "no_such_database" does not exist$/,
    )
  })
})

it('the check accepts the URL of a UTF8 database', async () => {
  expect(await connectionError(database.url)).toBe('')
})

/** Returns the error message that PostgreSQL sends while it starts. */
function startingUpError(): Buffer {
  // The first letter of each field is its type: severity, severity in English, SQLSTATE and message.
  const fields = ['SFATAL', 'VFATAL', 'C57P03', 'Mthe database system is starting up', '']
  const body = Buffer.from(`${fields.join('\0')}\0`)
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length + 4)
  return Buffer.concat([Buffer.from('E'), length, body])
}

it('the check waits for a PostgreSQL that is still starting', async () => {
  const { hostname, port } = new URL(database.url)
  let refused = 0
  const server = createServer((socket) => {
    if (refused < 2) {
      refused += 1
      socket.once('data', () => socket.end(startingUpError()))
    } else {
      const upstream = connect(Number(port), hostname)
      socket.pipe(upstream).pipe(socket)
      for (const end of [socket, upstream]) end.on('error', () => undefined)
    }
  })
  try {
    const ownPort = await listen(server)
    const url = Object.assign(new URL(database.url), { hostname: '127.0.0.1', port: String(ownPort) })
    expect(await connectionError(url.href)).toBe('')
    expect(refused).toBe(2)
  } finally {
    server.close()
  }
})
