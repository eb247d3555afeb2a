import { availableParallelism } from 'node:os'
import { describe, expect, it } from 'vitest'
import { OperationalError } from '../../src/operational-error.ts'
import { environment, readConfig } from '../../src/server/config.ts'
import { embeddedPoolSize } from '../../src/server/pool-size.ts'

const url = 'postgresql://user:password@db.example:5432/entente'

describe('the configuration', () => {
  it('needs no variables, since each is optional or has a default', () => {
    expect(readConfig({})).toEqual({
      PORT: 3000,
      HOST: '127.0.0.1',
      DASHBOARD: 'on',
      DATA_DIR: '.data',
      IATI_ORG_ID: 'ZZ-ENTENTE',
      IATI_ORG_TYPE: '10',
      OTEL_TRACES_SAMPLER_ARG: 1,
      PUBLISHER_NAME: 'Entente registry',
      LOG_LEVEL: 'info',
      PUBLIC_READ: true,
      OIDC_ROLE_CLAIM: 'roles',
      RATE_LIMIT: 0,
      READ_MAX_STALENESS_MS: 100,
      SEED: 'all',
      POOL_SIZE: embeddedPoolSize(availableParallelism()),
      POOL_QUEUE: 500,
      MAX_EXPENSIVE: availableParallelism(),
      POOL_WAIT_SECONDS: 5,
      STATEMENT_SECONDS: 30,
      SLOW_STATEMENT_MS: 1000,
      REQUEST_SECONDS: 60,
      MAX_CONNECTIONS_PER_SECOND: 100,
      IMPORT_MB: 512,
      MAX_EXPORTS: 5,
      MAX_EXPORTS_PER_CLIENT: 2,
      MAX_STREAMS: 1000,
      MAX_STREAMS_PER_CLIENT: 20,
      MAX_TRANSFER_SECONDS: 3600,
      MIN_TRANSFER_KIB: 32,
      SHED_LAG_MS: 1000,
      SHED_MEMORY_MB: 0,
      DRAIN_SECONDS: 1,
      METRICS: 'open',
      CACHE_MB: 64,
    })
  })

  it('by default seeds everything on the embedded database, and only reference data on others', () => {
    expect(readConfig({}).SEED).toBe('all')
    expect(readConfig({ DATABASE_URL: url }).SEED).toBe('reference')
    expect(readConfig({ DATABASE_URL: url, SEED: 'all' }).SEED).toBe('all')
    expect(readConfig({ SEED: 'none' }).SEED).toBe('none')
  })

  it('by default opens ten connections to a database that it does not run itself', () => {
    expect(readConfig({ DATABASE_URL: url }).POOL_SIZE).toBe(10)
    expect(readConfig({ POOL_SIZE: '25' }).POOL_SIZE).toBe(25)
  })

  it('by default opens three connections per processor to the embedded database, 4 to 10', () => {
    expect([1, 2, 3, 4, 64].map(embeddedPoolSize)).toEqual([4, 6, 9, 10, 10])
  })

  it.each([
    ['PORT', '0', 0],
    ['PORT', '65535', 65_535],
    ['PUBLIC_READ', 'false', false],
    ['POOL_SIZE', '25', 25],
    ['CACHE_MB', '0', 0],
  ] as const)('accepts %s=%s', (name, text, value) => {
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
    ['HOST', ' '],
    ['PUBLISHER_NAME', 'One\nTwo'],
    ['DATA_DIR', ''],
    ['LOG_LEVEL', 'verbose'],
    ['PUBLIC_READ', 'yes'],
    ['PUBLIC_READ', 'TRUE'],
    ['SEED', 'everything'],
    ['POOL_SIZE', '0'],
    ['MAX_CONNECTIONS_PER_ADDRESS', '0'],
    ['CACHE_MB', '-1'],
    ['RATE_LIMIT', '-1'],
    ['OIDC_ISSUER', 'http://login.example'],
    ['OIDC_ISSUER', 'https://login.example/#a'],
    ['OIDC_ISSUER', 'login.example'],
    ['OIDC_ROLE_CLAIM', 'realm_access..roles'],
    ['OIDC_ROLE_CLAIM', '.roles'],
    ['OIDC_ROLE_CLAIM', 'roles.'],
    ['CORS_ORIGINS', 'https://a.example/'],
    ['CORS_ORIGINS', 'https://a.example,b.example'],
    ['CORS_ORIGINS', 'https://*.a.example'],
    ['EMBED_ORIGINS', '*,https://b.example'],
    ['EMBED_ORIGINS', 'https://a.*.example'],
    ['PUBLIC_URL', 'https://a.example/#b'],
    ['IATI_ORG_ID', 'GB/GOV'],
    ['IATI_ORG_ID', 'GB GOV'],
    ['PUBLIC_URL', 'https://a.example/b?c'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'a=b,oops'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'a=b=c'],
    ['OTEL_RESOURCE_ATTRIBUTES', ' =b'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'a=100%'],
  ])('refuses %s=%j with its name, its value and the allowed values', (name, value) => {
    const read = () => readConfig({ [name]: value })
    expect(read).toThrow(OperationalError)
    expect(read).toThrow(new RegExp(`^${name} must be .+, not '${value.replace(/[*?]/g, '\\$&')}'$`))
  })

  it('says that an origin has no slash at the end, and which codes the list of IATI has', () => {
    expect(() => readConfig({ CORS_ORIGINS: 'https://a.example/' })).toThrow('without a path or a slash')
    expect(() => readConfig({ IATI_ORG_TYPE: '99' })).toThrow('one of 10, 11, 15, ')
  })

  it('limits requests by default unless it listens on the loopback interface', () => {
    expect(readConfig({ HOST: '0.0.0.0' }).RATE_LIMIT).toBe(600)
    expect(readConfig({ HOST: '::1' }).RATE_LIMIT).toBe(0)
    expect(readConfig({ HOST: '0.0.0.0', RATE_LIMIT: '0' }).RATE_LIMIT).toBe(0)
  })

  it('accepts comma-separated lists', () => {
    expect(readConfig({ CORS_ORIGINS: 'https://a.example, http://localhost:5173' }).CORS_ORIGINS).toEqual([
      'https://a.example',
      'http://localhost:5173',
    ])
    expect(readConfig({ EMBED_ORIGINS: 'https://*.a.example' }).EMBED_ORIGINS).toEqual([
      'https://*.a.example',
    ])
    expect(readConfig({ TRUST_PROXY: '10.0.0.0/8,::1' }).TRUST_PROXY).toEqual(['10.0.0.0/8', '::1'])
  })

  it('accepts percent-encoded lists of OpenTelemetry, with empty entries', () => {
    const attributes = 'service.name=a%2Cb, c%3D=d+e,,f=;'
    expect(readConfig({ OTEL_RESOURCE_ATTRIBUTES: attributes }).OTEL_RESOURCE_ATTRIBUTES).toEqual({
      'service.name': 'a,b',
      'c=': 'd+e',
      f: ';',
    })
    expect(readConfig({ OTEL_RESOURCE_ATTRIBUTES: '' }).OTEL_RESOURCE_ATTRIBUTES).toEqual({})
    const headers = 'authorization=Basic YQ==, tenant=b%20c,'
    expect(readConfig({ OTEL_EXPORTER_OTLP_HEADERS: headers }).OTEL_EXPORTER_OTLP_HEADERS).toBe(headers)
  })

  it('requires an audience with an issuer, and an issuer with an audience', () => {
    const OIDC_ISSUER = 'https://login.example/realms/ministry'
    expect(() => readConfig({ OIDC_ISSUER })).toThrow(/^OIDC_AUDIENCE must be set/)
    expect(() => readConfig({ OIDC_AUDIENCE: 'entente' })).toThrow(/^OIDC_ISSUER must be set/)
    expect(readConfig({ OIDC_ISSUER, OIDC_AUDIENCE: 'entente' }).OIDC_ISSUER).toBe(OIDC_ISSUER)
    const local = 'http://127.0.0.1:9'
    expect(readConfig({ OIDC_ISSUER: local, OIDC_AUDIENCE: 'entente' }).OIDC_ISSUER).toBe(local)
  })

  it.each([
    ['ADMIN_KEY', 'too-short'],
    ['ADMIN_KEY', 'long enough, but with spaces'],
    ['DATABASE_URL', 'mysql://user:password@host/database'],
    ['DATABASE_URL', 'postgresql://user:pass#word@host/database'],
    ['DATABASE_URL', 'db.example'],
    ['LISTEN_DATABASE_URL', 'mysql://user:password@host/database'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'https://user:password@collector/v1/traces'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'https://collector/v1/traces?key=a'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'Authorization: Bearer abc'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'Authorization: Bearer abc='],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'authorization=Bearer%zz'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'authorization=a;b'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'x-key='],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a%20b=c'],
    ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'Authorization: Bearer abc'],
    ['OIDC_ISSUER', 'http://user:password@login.example'],
    ['PUBLIC_URL', 'https://user:password@registry.example'],
    ['PUBLIC_URL', 'https://user:password@registry.example/'],
    ['CORS_ORIGINS', 'https://user:password@dashboard.example'],
  ])('refuses %s=%j without the value in the message, since it is secret', (name, value) => {
    const read = () => readConfig({ [name]: value })
    expect(read).toThrow(new RegExp(`^${name} must be `))
    expect(read).not.toThrow(value)
  })

  it('reports all faults together, in one line', () => {
    expect(() => readConfig({ PORT: 'x', SEED: 'y' })).toThrow(/^PORT must be [^\n]+; SEED must be [^\n]+$/)
  })

  it('describes every variable', () => {
    for (const [name, schema] of Object.entries(environment.shape))
      expect(schema.description, name).toMatch(/^\S.+\.$/)
  })
})
