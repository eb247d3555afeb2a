import pg from 'pg'
import { expect, it } from 'vitest'
import { findTakenProperties } from '../../src/operations/writing/taken-values.ts'
import { registry } from '../support/registry.ts'

it.each([
  'Key (alpha2)=(CN) already exists.',
  '键值"(alpha2)=(CN)" 已经存在',
  'Schlüssel »(alpha2)=(CN)« existiert bereits.',
])('a value that must be unique is named if PostgreSQL says: %s', (detail) => {
  const error = Object.assign(new pg.DatabaseError('', 0, 'error'), { table: 'countries', detail })
  const country = { code: 'QQQ', alpha2: 'CN', name: 'Q' }
  expect(findTakenProperties(registry.get('countries'), country, error)).toEqual([
    { pointer: '/alpha2', code: 'taken', message: '"CN" is taken by another country' },
  ])
  expect(findTakenProperties(registry.get('countries'), { ...country, alpha2: 'QQ' }, error)).toEqual([])
})
