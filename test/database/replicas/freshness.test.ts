import { expect, it } from 'vitest'
import { Freshness } from '../../../src/database/replicas/freshness.ts'

const position = (lsn: number) => ({ timeline: 1, lsn, text: `1-${lsn}` })

it('a read for several requests is as fresh as each of them requires', () => {
  const joined = Freshness.join([
    new Freshness({ position: undefined, maxAgeMs: 100, notBefore: 5 }),
    new Freshness({ position: position(10), maxAgeMs: 2000 }),
    new Freshness({ position: position(20), maxAgeMs: 1000, notBefore: 7 }),
  ])
  expect(joined).toMatchObject({ position: position(20), maxAgeMs: 100, notBefore: 7 })
})
