import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { checkConnection } from '../../src/database/check-connection.ts'
import { openDatabaseAt } from '../../src/database/database.ts'
import { openEmptyDatabase } from '../support/database.ts'
import { generousOptions } from '../support/database-options.ts'

/** Returns the error of a connection check, or an empty string if it succeeds. */
async function connectionError(url: string): Promise<string> {
  const database = openDatabaseAt(url, generousOptions)
  try {
    await checkConnection(database, url)
    return ''
  } catch (error) {
    return String(error)
  } finally {
    await database.close()
  }
}

describe('a DATABASE_URL without a reachable database is reported in one line', () => {
  it('when the host is unknown', async () => {
    expect(await connectionError('postgresql://user:secret@nowhere.invalid/db')).toBe(
      'OperatorError: DATABASE_URL: cannot resolve host name "nowhere.invalid"',
    )
  })

  it('when the port is closed', async () => {
    expect(await connectionError('postgresql://user:secret@127.0.0.1:1/db')).toBe(
      'OperatorError: DATABASE_URL: connection refused at 127.0.0.1:1; is PostgreSQL running there?',
    )
  })

  it('when the user or the database does not exist, and the password is not shown', async () => {
    const database = await openEmptyDatabase()
    try {
      const url = (change: Partial<Pick<URL, 'username' | 'password' | 'pathname'>>) =>
        Object.assign(new URL(database.url), change).href
      const user = await connectionError(url({ username: 'nobody_known', password: 'secret' }))
      expect(user).toMatch(
        /^OperatorError: DATABASE_URL: PostgreSQL at \S+ refused the connection: [^\n]+"nobody_known"/,
      )
      expect(user).not.toContain('secret')
      expect(await connectionError(url({ pathname: '/no_such_database' }))).toMatch(
        /database "no_such_database" does not exist$/,
      )
      expect(await connectionError(database.url)).toBe('')
    } finally {
      await database.close()
    }
  })
})

/** Returns the error message that PostgreSQL sends while it starts. */
function startingUpError(): Buffer {
  const fields = ['SFATAL', 'VFATAL', 'C57P03', 'Mthe database system is starting up', '']
  const body = Buffer.from(`${fields.join('\0')}\0`)
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length + 4)
  return Buffer.concat([Buffer.from('E'), length, body])
}

it('the check waits for a PostgreSQL that is still starting', async () => {
  const database = await openEmptyDatabase()
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
  }).listen(0, '127.0.0.1')
  try {
    await once(server, 'listening')
    // A server that listens on TCP has an address.
    const address = server.address() as AddressInfo
    const url = Object.assign(new URL(database.url), { hostname: '127.0.0.1', port: String(address.port) })
    expect(await connectionError(url.href)).toBe('')
    expect(refused).toBe(2)
  } finally {
    server.close()
    await database.close()
  }
})
