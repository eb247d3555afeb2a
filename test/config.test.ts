import { describe, expect, it } from 'vitest'
import { environment, readConfig } from '../src/config.ts'
import { StartupError } from '../src/startup-error.ts'

const url = 'postgresql://user:password@db.example:5432/entente'

describe('the configuration', () => {
  it('needs no variable at all', () => {
    expect(readConfig({})).toEqual({
      PORT: 3000,
      HOST: '127.0.0.1',
      DATA_DIR: '.data',
      LOG_LEVEL: 'info',
      PUBLIC_READ: true,
      SEED: 'all',
      POOL_SIZE: 10,
      CACHE_MB: 64,
    })
  })

  it('seeds everything on the embedded database, and only code lists on a given one, unless told otherwise', () => {
    expect(readConfig({ DATABASE_URL: url }).SEED).toBe('reference')
    expect(readConfig({ DATABASE_URL: url, SEED: 'all' }).SEED).toBe('all')
    expect(readConfig({ SEED: 'none' }).SEED).toBe('none')
  })

  it.each([
    ['PORT', '0', 0],
    ['PORT', '65535', 65_535],
    ['PUBLIC_READ', 'false', false],
    ['POOL_SIZE', '25', 25],
    ['CACHE_MB', '0', 0],
  ] as const)('takes %s=%s', (name, text, value) => {
    expect(readConfig({ [name]: text })[name]).toBe(value)
  })

  it.each([
    ['PORT', ''],
    ['PORT', ' 80'],
    ['PORT', '0x50'],
    ['PORT', '8e3'],
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['HOST', ''],
    ['DATA_DIR', ''],
    ['LOG_LEVEL', 'verbose'],
    ['PUBLIC_READ', 'yes'],
    ['PUBLIC_READ', 'TRUE'],
    ['SEED', 'everything'],
    ['POOL_SIZE', '0'],
    ['CACHE_MB', '-1'],
  ])('refuses %s=%j, naming it, its value and what would be right', (name, value) => {
    const read = () => readConfig({ [name]: value })
    expect(read).toThrow(StartupError)
    expect(read).toThrow(new RegExp(`^${name} must be .+, not '${value}'$`))
  })

  it.each([
    ['ADMIN_KEY', 'too-short'],
    ['ADMIN_KEY', 'long enough, but with spaces'],
    ['DATABASE_URL', 'mysql://user:password@host/database'],
    ['DATABASE_URL', 'postgresql://user:pass#word@host/database'],
    ['DATABASE_URL', 'db.example'],
    ['LISTEN_DATABASE_URL', 'mysql://user:password@host/database'],
  ])('refuses %s=%j without repeating it, since it is secret', (name, value) => {
    const read = () => readConfig({ [name]: value })
    expect(read).toThrow(new RegExp(`^${name} must be `))
    expect(read).not.toThrow(value)
  })

  it('names all that is wrong at once, in one line', () => {
    expect(() => readConfig({ PORT: 'x', SEED: 'y' })).toThrow(/^PORT must be [^\n]+; SEED must be [^\n]+$/)
  })

  it('describes every variable', () => {
    for (const [name, schema] of Object.entries(environment.shape))
      expect(schema.description, name).toMatch(/^\S.+\.$/)
  })
})
