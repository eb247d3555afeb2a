import { readdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { readRows } from '../../src/features/imports/reading/index.ts'
import type { RowOptions } from '../../src/features/imports/reading/options.ts'
import type { FileInfo, Row } from '../../src/features/imports/types.ts'

/** Returns the number of files that this process has open. Only for Linux. */
export const countOpenFiles = (): number => readdirSync('/proc/self/fd').length

/** Writes a file to a temporary folder, calls `use` with the file, and removes the folder afterwards. */
export async function withFile<Result>(
  name: string,
  content: string | Uint8Array,
  use: (file: { path: string; name: string }) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'entente-import-'))
  try {
    const path = join(folder, name)
    await writeFile(path, content)
    return await use({ path, name })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Reads all rows of a file with the given name and content. @param mayBeCut whether it may be only the beginning of a file. */
export const readContent = (
  name: string,
  content: string | Uint8Array,
  options: RowOptions = {},
  mayBeCut = false,
): Promise<{ fileInfo: FileInfo; rows: Row[] }> =>
  withFile(name, content, async (file) => {
    const { fileInfo, batches } = await readRows(file, options, { mayBeCut })
    const rows: Row[] = []
    for await (const batch of batches) rows.push(...batch)
    return { fileInfo, rows }
  })

/** Returns the message of the error with which `reading` rejects. @throws if it resolves, or rejects with something else. */
export async function messageOf(reading: Promise<unknown>): Promise<string> {
  try {
    await reading
  } catch (error) {
    if (error instanceof Error) return error.message
  }
  throw new Error('the promise resolved, or rejected with something that is not an Error')
}

/** Makes a ZIP archive (APPNOTE 6.3) with a compressed entry for each name. */
export function makeZip(entries: Record<string, string | Buffer>): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(entries)) {
    const raw = Buffer.from(content)
    const data = deflateRawSync(raw)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(crc32(raw), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(raw.length, 18)
    common.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), data])
    const attributesAndOffset = Buffer.alloc(14)
    attributesAndOffset.writeUInt32LE(offset, 10)
    directory.push(
      Buffer.concat([
        Buffer.from('PK\x01\x02\x14\x00', 'latin1'),
        common,
        attributesAndOffset,
        Buffer.from(name),
      ]),
    )
    parts.push(local)
    offset += local.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(directory.length, 4)
  end.writeUInt16LE(directory.length, 6)
  end.writeUInt32LE(list.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, list, Buffer.from('PK\x05\x06'), end])
}

/** Returns the XML of a cell of an XLSX sheet with a text. */
export const textCell = (text: string): string => `<c t="inlineStr"><is><t>${text}</t></is></c>`

/** Returns the XML of a row of an XLSX sheet with texts. */
export const textRow = (...texts: string[]): string => `<row>${texts.map(textCell).join('')}</row>`

/** Makes an XLSX file with one sheet from the XML of its rows. `parts` replaces or adds files of the archive. */
export const makeXlsx = (rows: string, parts: Record<string, string> = {}): Buffer =>
  makeZip({
    'xl/workbook.xml':
      '<workbook xmlns:r="r"><workbookPr/><sheets><sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels':
      '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
    'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${rows}</sheetData></worksheet>`,
    ...parts,
  })
