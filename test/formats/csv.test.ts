import { expect, it } from 'vitest'
import { withCrlf } from '../../src/formats/csv.ts'

it('rows of CSV end with CRLF, and line breaks inside cells stay, for chunks of any size', async () => {
  const bytes = Buffer.from('id,note\n1,"two\nlines, ""quoted""\n"\n2,ü\n')
  async function* inChunks(size: number) {
    for (let index = 0; index < bytes.length; index += size) yield bytes.subarray(index, index + size)
  }
  for (let size = 1; size <= bytes.length; size += 1) {
    const written: Buffer[] = []
    for await (const chunk of withCrlf(inChunks(size))) written.push(chunk)
    expect(Buffer.concat(written).toString(), `chunks of ${size} bytes`).toBe(
      'id,note\r\n1,"two\nlines, ""quoted""\n"\r\n2,ü\r\n',
    )
  }
})
