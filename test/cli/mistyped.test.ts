import { describe, expect, it } from 'vitest'
import { mistypedSettings } from '../../src/server/config.ts'

const settingFor = (name: string) => mistypedSettings({ [name]: 'x' })[0]?.setting

describe('a variable that is one typing mistake from a setting', () => {
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
  ])('%s is taken for %s', (name, setting) => {
    expect(settingFor(name)).toBe(setting)
  })
})

describe('a variable that is there for something else', () => {
  it.each([
    'PORT',
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
  ])('%s is taken for no setting', (name) => {
    expect(settingFor(name)).toBeUndefined()
  })

  it('is nothing that the shell, npm or the tests themselves have set', () => {
    expect(mistypedSettings()).toEqual([])
  })
})
