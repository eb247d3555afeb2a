import { randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { writeWorkbook } from '../../src/formats/xlsx.ts'

it('a workbook requests rows only as fast as it is read, so that memory stays bounded', async () => {
  const batches = 400
  let requestedBatches = 0
  async function* rows() {
    for (; requestedBatches < batches; requestedBatches += 1) {
      // As from a database: earlier rows have time to be flushed.
      await setImmediate()
      // What hardly can be compressed, so that it fills the buffers on its way, which have other sizes in each Node.js.
      yield Array.from({ length: 50 }, () => [randomBytes(300).toString('base64')])
    }
  }
  const workbook = writeWorkbook([{ name: 'rows', columns: [{ name: 'text', kind: 'text' }], rows: rows() }])
  const settled = async () => {
    for (let before = -1; before !== requestedBatches; ) {
      before = requestedBatches
      for (let turn = 0; turn < 200; turn += 1) await setImmediate()
    }
  }
  await settled()
  expect(requestedBatches).toBeGreaterThan(0)
  expect(requestedBatches).toBeLessThan(batches / 4)
  // Once the stream is read, all rows are requested.
  for await (const _ of workbook);
  expect(requestedBatches).toBe(batches)
})
