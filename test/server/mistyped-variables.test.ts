import { describe, expect, it } from 'vitest'
import { mistypedSettings } from '../../src/server/config.ts'

const settingFor = (name: string) => mistypedSettings({ [name]: 'x' })[0]?.setting

describe('a mistyped environment variable', () => {
  it.each([
    ['PROT', 'PORT'],
    ['PORTS', 'PORT'],
    ['SEEDS', 'SEED'],
    ['CACHE_MBS', 'CACHE_MB'],
    ['CACHE_BM', 'CACHE_MB'],
    ['DATABASEURL', 'DATABASE_URL'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['public_read', 'PUBLIC_READ'],
    ['Admin_Key', 'ADMIN_KEY'],
  ])('%s is reported as a mistyped %s', (name, setting) => {
    expect(settingFor(name)).toBe(setting)
  })
})

describe('a setting, or an environment variable of another program', () => {
  it.each([
    'PORT',
    'port',
    'POST',
    'COST',
    'SPEED',
    'NEED',
    'HOME',
    'HOSTNAME',
    'HOSTTYPE',
    'PWD',
    'DATA',
    'POSTGRES_URL',
  ])('%s is not reported as a mistyped setting', (name) => {
    expect(settingFor(name)).toBeUndefined()
  })

  it('is never reported if the shell, npm or the tests set it', () => {
    expect(mistypedSettings()).toEqual([])
  })
})
