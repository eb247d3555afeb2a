import { expect, it, onTestFinished, vi } from 'vitest'
import type { Position } from '../../src/database/replicas/position.ts'
import { ClientPositions, positionTtlMs } from '../../src/server/plugins/positions/client-positions.ts'

/** The latest position of each client. Replicas must have replayed the position of a client before they serve it. */

const position = (timeline: number, lsn: number): Position => ({ timeline, lsn, text: `${timeline}-${lsn}` })

it('the position of a client is its latest one, in whichever order its responses are sent', () => {
  const positions = new ClientPositions()
  for (const [timeline, lsn] of [
    [1, 20],
    [1, 10],
    [2, 5],
    [1, 30],
  ] as const)
    positions.set('client', position(timeline, lsn))
  expect(positions.get('client')).toEqual(position(2, 5))
  expect(positions.get('another client')).toBeUndefined()
})

it('clients that were evicted from memory have the latest position of the evicted for a minute', () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(1000)
  onTestFinished(() => now.mockRestore())
  const positions = new ClientPositions()
  positions.set('first', position(1, 20))
  positions.set('second', position(1, 10))
  for (let index = 0; index < 10_000; index += 1) positions.set(`client ${index}`, position(1, 1))
  expect(['first', 'second', 'client 0'].map((name) => positions.get(name)?.lsn)).toEqual([20, 20, 1])
  now.mockReturnValue(1000 + positionTtlMs)
  expect(positions.get('first')).toBeUndefined()
})
