import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/server/config.ts'

/** The parameters of `DATABASE_URL`, `LISTEN_DATABASE_URL` and `READ_DATABASE_URLS`. */

const base = 'postgresql://user:secret@db.example:5432/entente'

describe('the URL of a database', () => {
  it.each([
    'sslmode=verify-full&sslrootcert=/etc/ca.pem&sslcert=a&sslkey=b&sslnegotiation=direct',
    'ssl=true&application_name=entente&options=-c%20work_mem%3D16MB&statement_timeout=1000',
    'host=/var/run/postgresql&user=a@b&password=c',
    'uselibpqcompat=true&sslmode=require',
    'sslmode=no-verify',
    'sslmode=disable',
  ])('may have the parameters %s, which have an effect', (query) => {
    const url = `${base}?${query}`
    expect(readConfig({ DATABASE_URL: url }).DATABASE_URL).toBe(url)
  })

  it.each([
    [
      'sslmod=require',
      'without the parameter "sslmod", which the service does not accept; did you mean "sslmode"?',
    ],
    [
      'SSLMODE=require',
      'without the parameter "SSLMODE", which the service does not accept; did you mean "sslmode"?',
    ],
    [
      'sslrootcrt=a',
      'without the parameter "sslrootcrt", which the service does not accept; did you mean "sslrootcert"?',
    ],
    [
      'channel_binding=require',
      'without the parameter "channel_binding", which the service does not accept; it can be "ap',
    ],
    [
      'connect_timeout=10',
      'without the parameter "connect_timeout", which the service does not accept; it can be "ap',
    ],
    ['dbname=other', 'without the parameter "dbname", which the service does not accept; it can be "ap'],
    ['sslmode=verify-full&sslmode=disable', 'with the parameter "sslmode" only once'],
    ['sslmode=verify-full&%73slmode=disable', 'with the parameter "sslmode" only once'],
    ['sslmode=', 'with one of disable, no-verify, prefer, require, verify-ca, verify-full as sslmode'],
    [
      'sslmode=verify_full',
      'with one of disable, no-verify, prefer, require, verify-ca, verify-full as sslmode',
    ],
  ])('is refused with %s, in a message without secrets', (query, message) => {
    for (const name of ['DATABASE_URL', 'LISTEN_DATABASE_URL']) {
      const read = () => readConfig({ [name]: `${base}?${query}` })
      expect(read).toThrow(`${name} must be ${message}`)
      expect(read).not.toThrow('secret')
    }
    expect(() => readConfig({ READ_DATABASE_URLS: `${base}, ${base}?${query}` })).toThrow(
      `READ_DATABASE_URLS (entry 2) must be ${message}`,
    )
  })

  it('is refused in a message that names all its parameters without effect', () => {
    expect(() => readConfig({ DATABASE_URL: `${base}?sslmod=require&user=a&opions=b` })).toThrow(
      /"sslmod".*; DATABASE_URL must be .*"opions"/,
    )
  })

  it('is refused in a message without the part of a password that looks like a parameter', () => {
    const read = () => readConfig({ DATABASE_URL: 'postgresql://user:1?secret=2@db.example/entente' })
    expect(read).toThrow(
      /^DATABASE_URL must be a URL like \S+, with special characters percent-encoded as UTF-8$/,
    )
  })

  it.each([
    'postgresql://user:secret%ff@db.example/entente',
    'postgresql://db.example/%c3',
    'postgresql://user:100%secret@db.example/entente',
    'postgresql://db.example/entente%',
    'postgresql://user:%zz%80@db.example/entente',
  ])('is refused if a % begins no escape, or its escapes are not UTF-8: %s', (url) => {
    for (const name of ['DATABASE_URL', 'LISTEN_DATABASE_URL', 'READ_DATABASE_URLS'])
      expect(() => readConfig({ [name]: url })).toThrow(/must be a URL like \S+, with special characters/)
  })

  it.each(['prefer', 'require', 'verify-ca'])('means verify-full with sslmode=%s', (mode) => {
    const { DATABASE_URL, READ_DATABASE_URLS } = readConfig({
      DATABASE_URL: `${base}?sslmode=${mode}`,
      READ_DATABASE_URLS: `${base}?user=a&sslmode=${mode}&ssl=1,${base}`,
    })
    expect(DATABASE_URL).toBe(`${base}?sslmode=verify-full`)
    expect(READ_DATABASE_URLS).toEqual([`${base}?user=a&sslmode=verify-full&ssl=1`, base])
  })
})
