import { randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { writeWorkbook } from '../../src/formats/xlsx.ts'

it('a workbook requests rows only as fast as it is read, so that memory stays bounded', async () => {
  const batches = 400
  let requestedBatches = 0
  async function* rows() {
    for (; requestedBatches < batches; requestedBatches += 1) {
      // As with rows from a database, earlier rows have time to be flushed.
      await setImmediate()
      // Random data is hardly compressible, so it fills the buffers, whose sizes depend on the version of Node.js.
      yield Array.from({ length: 50 }, () => [randomBytes(300).toString('base64')])
    }
  }
  const workbook = writeWorkbook([{ name: 'rows', columns: [{ name: 'text', kind: 'text' }], rows: rows() }])
  const waitUntilIdle = async () => {
    for (let before = -1; before !== requestedBatches; ) {
      before = requestedBatches
      for (let turn = 0; turn < 200; turn += 1) await setImmediate()
    }
  }
  await waitUntilIdle()
  expect(requestedBatches).toBeGreaterThan(0)
  expect(requestedBatches).toBeLessThan(batches / 4)
  // Once the stream is read, all rows are requested.
  for await (const _ of workbook);
  expect(requestedBatches).toBe(batches)
})
