import { describe, expect, it } from 'vitest'
import { parseNdjson } from '../../src/formats/ndjson.ts'
import { watchEventLoop } from '../support/event-loop.ts'

const lines = Array.from({ length: 100_000 }, (_, index) =>
  JSON.stringify({ id: index, title: 'A title'.repeat(5) }),
)

describe('newline-delimited JSON', () => {
  it('has the same values for chunks of any size', async () => {
    const bytes = Buffer.from('{"a":1}\n["ü"]\n"last"')
    async function* inChunks(size: number) {
      for (let index = 0; index < bytes.length; index += size) yield bytes.subarray(index, index + size)
    }
    for (const size of [1, 2, 7, 100]) {
      const values: unknown[] = []
      for await (const some of parseNdjson(inChunks(size))) values.push(...some)
      expect(values).toEqual([{ a: 1 }, ['ü'], 'last'])
    }
  })

  it('yields to the event loop while it parses megabytes from one chunk', async () => {
    const eventLoop = watchEventLoop()
    async function* whole() {
      yield Buffer.from(lines.join('\n'))
    }
    let count = 0
    for await (const some of parseNdjson(whole())) count += some.length
    eventLoop.stop()
    expect(count).toBe(lines.length)
    expect(eventLoop.iterations()).toBeGreaterThan(3)
  })
})
