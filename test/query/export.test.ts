import { once } from 'node:events'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import exceljs from 'exceljs'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { resources } from '../../src/resources/index.ts'
import { type Api, openApi } from '../support/api.ts'
import { all, type Document, keyIn, listPath, refusal } from '../support/documents.ts'

/** Whole results in other formats than pages of JSON. */

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

const media = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  geojson: 'application/geo+json',
}

/** Reads CSV as RFC 4180 has it, and nothing laxer. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y
  for (let match = cell.exec(text); match; match = cell.exec(text)) {
    const [, quoted, plain = '', end] = match
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain)
    if (end === '\r\n') rows.push([])
    if (cell.lastIndex === text.length) return rows.slice(0, -1)
  }
  throw new Error('not CSV with CRLF at the end of every line')
}

/** The rows of CSV by the names in its header. */
function tableOf(text: string): Record<string, string>[] {
  const [header = [], ...rows] = readCsv(text)
  return rows.map((row) => {
    expect(row.length).toBe(header.length)
    return Object.fromEntries(header.map((name, at) => [name, row[at] ?? '']))
  })
}

const linesOf = (text: string): Document[] =>
  text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))

async function workbook(path: string): Promise<exceljs.Workbook> {
  const response = await fetch(`${api.origin}${path}`)
  const book = new exceljs.Workbook()
  await book.xlsx.load(await response.arrayBuffer())
  return book
}

const rowsIn = (sheet: exceljs.Worksheet | undefined): exceljs.CellValue[][] => {
  const rows: exceljs.CellValue[][] = []
  sheet?.eachRow((row) => {
    rows.push(Array.isArray(row.values) ? row.values.slice(1) : [])
  })
  return rows
}

/** A text of XLSX as spreadsheets show it (ECMA-376 part 1, 22.9.2.19); the reader leaves its codes as they are. */
const decoded = (value: unknown) =>
  typeof value === 'string'
    ? value.replaceAll(/_x([0-9A-F]{4})_/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
    : value

const cellText = (value: unknown) => (value === null || value === undefined ? '' : String(value))
const disarmed = (text: string) => (/^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text)

describe.each(resources)('an export of $name', (resource) => {
  const path = listPath(resource)

  it('as NDJSON has every record as the list has it, in its order', async () => {
    const answer = await api.get(`${path}?format=ndjson&sort=-updatedAt`)
    expect(answer.headers.get('content-type')).toMatch(media.ndjson)
    expect(linesOf(answer.text)).toEqual(await all(api, resource, 'sort=-updatedAt'))
  })

  it('as CSV has a row for every record, whose plain properties are those of the record', async () => {
    const answer = await api.get(path, { headers: { accept: media.csv } })
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${resource.name}.csv"`)
    expect(answer.headers.get('vary')).toBe('Accept, Accept-Encoding')
    const rows = tableOf(answer.text)
    const records = await all(api, resource)
    expect(rows.length).toBe(records.length)
    for (const [at, record] of records.entries()) {
      for (const [property, value] of Object.entries(record)) {
        if (value !== null && typeof value === 'object') continue
        const cell = rows[at]?.[property]
        if (cell === undefined) expect(value).toBe(null)
        else expect(cell).toBe(typeof value === 'string' ? disarmed(value) : cellText(value))
      }
    }
  })

  it('as XLSX has the same table as the CSV, and the sources of its citations', async () => {
    const book = await workbook(`${path}?format=xlsx`)
    const [header = [], ...rows] = rowsIn(book.worksheets[0])
    const csv = readCsv((await api.get(`${path}?format=csv`)).text)
    expect(header).toEqual(csv[0])
    expect(rows.map((row) => cellText(row[0]))).toEqual(csv.slice(1).map(([key]) => key))
    const cited = new Set(
      (await all(api, resources.find(({ name }) => name === 'citations') ?? resource)).flatMap(
        ({ source, record }) =>
          resource.name === 'citations' || Object(record).resource === resource.name ? [String(source)] : [],
      ),
    )
    const sourceRows = rowsIn(book.worksheets[1]).slice(1)
    expect(new Set(sourceRows.map(([id]) => String(id)))).toEqual(cited)
  })

  it('as GeoJSON is there where records have a location, and otherwise refused with what there is', async () => {
    const located = 'location' in resource.document.shape
    const answer = await api.get(path, { headers: { accept: media.geojson } })
    expect(answer.status).toBe(located ? 200 : 406)
    if (!located) {
      expect(refusal(answer).detail).toContain('text/csv')
      expect((await api.get(`${path}?format=geojson`)).status).toBe(400)
      return
    }
    const { features } = answer.json<{ features: { id: string; properties: Document }[] }>()
    const records = await all(api, resource)
    expect(features.map(({ properties }) => properties)).toEqual(records)
    expect(features.map(({ id }) => id)).toEqual(records.map((record) => keyIn(resource, record)))
  })

  it('of a search is what the search finds, whole', async () => {
    const { property } = resource.key
    const found = await api.post(`${path}/search?format=ndjson`, {
      sort: [{ by: property, direction: 'desc' }],
      fields: [property],
    })
    expect(linesOf(found.text)).toEqual(await all(api, resource, `sort=-${property}&fields=${property}`))
  })
})

describe('what an export is asked for', () => {
  it.each([
    [{}, 'application/json'],
    [{ accept: '*/*' }, 'application/json'],
    [{ accept: 'text/*' }, media.csv],
    [{ accept: 'application/json;q=0.5, text/csv; charset=utf-8' }, media.csv],
    [{ accept: 'application/x-ndjson, text/csv;q=0.1' }, media.ndjson],
  ])('by %j is answered as %s', async (headers, type) => {
    const answer = await api.get('/v1/topics?fields=slug', { headers })
    expect(answer.headers.get('content-type')?.split(';')[0]).toBe(type)
  })

  it('by the parameter goes before the header, whatever that is', async () => {
    const headers = { accept: 'image/png' }
    const answer = await api.get('/v1/topics?format=csv', { headers })
    expect(answer.headers.get('content-type')).toMatch(media.csv)
    expect((await api.get('/v1/topics?format=json', { headers })).json().data).toHaveLength(25)
    expect((await api.get('/v1/topics', { headers })).status).toBe(406)
  })

  it.each(['limit=10', 'cursor=abc', 'count=exact'])(
    'with %s is refused, since it has no pages',
    async (query) => {
      const answer = await api.get(`/v1/topics?format=csv&${query}`)
      expect(answer.status).toBe(400)
      expect(refusal(answer).errors?.[0]?.parameter).toBe(query.split('=')[0])
    },
  )

  it('in a search with what is of pages is refused at its place', async () => {
    const answer = await api.post('/v1/topics/search?format=csv', { limit: 10, count: 'exact' })
    expect(answer.status).toBe(400)
    expect(refusal(answer).errors?.map(({ pointer }) => pointer)).toEqual(['/limit', '/count'])
  })

  it.each([
    '/v1/agreements?per=participant',
    '/v1/agreements?per=participant&format=ndjson',
    '/v1/agreements?per=participant&format=csv&fields=title',
    '/v1/topics?per=participant&format=csv',
  ])('by rows that it cannot have is refused: %s', async (path) => {
    const answer = await api.get(path)
    expect(answer.status).toBe(400)
    expect(refusal(answer).errors?.[0]?.parameter).toBe('per')
  })

  it('narrows the columns by fields, adds what is included, and keeps filters', async () => {
    const query = 'country=PAK&fields=title,location&include=citations'
    const { text } = await api.get(`/v1/assistance-programs?format=csv&${query}`)
    const [header] = readCsv(text)
    const location = ['name', 'country', 'latitude', 'longitude', 'elevationMetres']
    expect(header).toEqual(['title', ...location.map((name) => `location.${name}`), 'citations'])
  })

  it('by HEAD has the headers of GET and no body, and is refused as GET is', async () => {
    const answer = await api.request('HEAD', '/v1/agreements?format=csv')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toMatch(media.csv)
    expect(answer.headers.get('content-length')).toBe(null)
    expect(answer.text).toBe('')
    expect((await api.request('HEAD', '/v1/agreements?format=csv&limit=3')).status).toBe(400)
  })
})

describe('a table', () => {
  const line = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
    .map((text) => text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ').trim())
    .filter((text) => text !== '')
  const dangerous = fc.constantFrom(
    '=1+1',
    '+49',
    '-5',
    '@x',
    '＝1',
    '"',
    "'",
    ',',
    '_x0041_',
    'a"b,c',
    '中文',
  )
  const prose = fc
    .array(fc.oneof(line, dangerous, fc.constantFrom('\n', '\r\n', '\t', ';', '\u000b')), {
      minLength: 1,
      maxLength: 5,
    })
    .map((parts) => parts.join(''))
    .filter((text) => /\S/.test(text))

  it('says of any record what the record says, in CSV and in XLSX, and no cell is a formula', async () => {
    const documents = fc.sample(
      fc.record({
        title: fc.oneof(line, dangerous),
        kind: fc.constantFrom('treaty', 'other'),
        summary: fc.option(prose),
        signedOn: fc.option(fc.constantFrom('2011-04', '2011-04-05', '-0044', '1850-01-01', '201X')),
        languages: fc.constantFrom([], ['en'], ['en', 'zh-Hans']),
        parties: fc.constantFrom(
          [],
          [{ country: 'CHN', role: 'party' }],
          [
            { country: 'PAK', role: 'party', contribution: '=x' },
            { region: '150', role: 'observer' },
          ],
        ),
      }),
      40,
    )
    const marked = documents.map((document) => ({ ...document, place: 'Exported' }))
    const made = await api.post('/v1/agreements', marked.map((one) => JSON.stringify(one)).join('\n'), {
      headers: { 'content-type': media.ndjson },
    })
    expect(made.status, made.text).toBe(201)
    const query = 'place[contains]=Exported&sort=id'
    const records = linesOf((await api.get(`/v1/agreements?format=ndjson&${query}`)).text)
    expect(records.length).toBe(40)
    const who = (list: unknown) =>
      (Array.isArray(list) ? list : []).map((one) => `${one.country ?? one.region} (${one.role})`).join('; ')

    const rows = tableOf((await api.get(`/v1/agreements?format=csv&${query}`)).text)
    expect(
      rows.map(({ title, summary, signedOn, languages, parties }) => [
        title,
        summary,
        signedOn,
        languages,
        parties,
      ]),
    ).toEqual(
      records.map(({ title, summary, signedOn, languages, parties }) => [
        disarmed(cellText(title)),
        disarmed(cellText(summary)),
        disarmed(cellText(signedOn)),
        Array.isArray(languages) ? languages.join('; ') : '',
        who(parties),
      ]),
    )

    const [header = [], ...cells] = rowsIn(
      (await workbook(`/v1/agreements?format=xlsx&${query}`)).worksheets[0],
    )
    const column = (name: string) => cells.map((row) => decoded(row[header.indexOf(name)] ?? null))
    expect(column('title')).toEqual(records.map(({ title }) => title))
    expect(column('summary')).toEqual(records.map(({ summary }) => summary))
    expect(column('version')).toEqual(records.map(() => 1))
    expect(column('signedOn')).toEqual(
      records.map(({ signedOn }) => (signedOn === '2011-04-05' ? new Date('2011-04-05') : signedOn)),
    )

    const each = tableOf((await api.get(`/v1/agreements?format=csv&per=participant&${query}`)).text)
    expect(
      each.map((row) => [row.id, row['parties.country'], row['parties.region'], row['parties.contribution']]),
    ).toEqual(
      records.flatMap(({ id, parties }) => {
        const list = Array.isArray(parties) ? parties : []
        return list.length === 0
          ? [[id, '', '', '']]
          : list.map((one) => [
              id,
              one.country ?? '',
              one.region ?? '',
              one.contribution ? `'${one.contribution}` : '',
            ])
      }),
    )
  })

  it('keeps numbers numbers, and puts places on the map with the longitude first', async () => {
    const document = {
      name: 'A place below the sea',
      kind: 'other',
      location: { latitude: -33.5, longitude: -70.25, elevationMetres: -12 },
    }
    const { id } = (await api.post('/v1/cooperation-bases', document)).json()
    const [row] = tableOf((await api.get(`/v1/cooperation-bases?format=csv&id=${id}`)).text)
    expect(row?.['location.latitude']).toBe('-33.5')
    const sheet = (await workbook(`/v1/cooperation-bases?format=xlsx&id=${id}`)).worksheets[0]
    const [header = [], cells = []] = rowsIn(sheet)
    expect(cells[header.indexOf('location.longitude')]).toBe(-70.25)
    const { features } = (await api.get(`/v1/cooperation-bases?format=geojson&id=${id}`)).json<{
      features: { geometry: unknown }[]
    }>()
    expect(features[0]?.geometry).toEqual({ type: 'Point', coordinates: [-70.25, -33.5, -12] })
  })

  it('with a text too long for a cell of XLSX says that it was cut, and where', async () => {
    const aliases = Array.from({ length: 100 }, (_, at) => ({
      name: `${at} ${'多'.repeat(296)}`,
      language: 'zh',
    }))
    const { id } = (
      await api.post('/v1/organizations', { name: 'Many names', type: 'other', aliases })
    ).json()
    const book = await workbook(`/v1/organizations?format=xlsx&id=${id}`)
    const [header = [], cells = []] = rowsIn(book.worksheets[0])
    const text = cellText(cells[header.indexOf('aliases')])
    if (text.length < 32_767) throw new Error(`the text is not long enough to be cut: ${text.length}`)
    expect(text.length).toBe(32_767)
    expect(text.endsWith('…')).toBe(true)
    expect(rowsIn(book.getWorksheet('cut'))[1]?.slice(0, 3)).toEqual(['organizations', 2, 'aliases'])
  })
})

describe('a long export', () => {
  /** Enough that sockets do not hold all of it. */
  const many = 1500
  const large = '/v1/sources?format=ndjson&kind=other'
  beforeAll(async () => {
    // Text that neither PostgreSQL nor a workbook can make much smaller.
    await api.pool.query('alter table sources alter column licence set storage external')
    await api.pool.query(
      `insert into sources (title, kind, licence) select 'Source ' || n, 'other', (select string_agg(md5(n || ' ' || i), ' ') from generate_series(1, 900) i) from generate_series(1, ${many}) n`,
    )
  })

  const opened: IncomingMessage[] = []
  afterEach(() => {
    for (const message of opened.splice(0)) message.destroy()
  })
  const open = async (path = large) => {
    const message = await new Promise<IncomingMessage>((resolve, reject) => {
      httpGet(`${api.origin}${path}`, { agent: false }, resolve).on('error', reject)
    })
    opened.push(message)
    return message
  }
  /** The backends that copy, of this database alone. */
  const copying = async () => {
    const { rows } = await api.pool.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and state = 'active' and query like 'copy %'`,
    )
    return rows.map(({ pid }) => pid)
  }
  const until = async (holds: () => Promise<boolean>) => {
    for (let tries = 0; tries < 100; tries += 1) {
      if (await holds()) return
      await sleep(20)
    }
    throw new Error('it did not come to that')
  }
  const drain = async (message: IncomingMessage) => {
    let bytes = 0
    for await (const chunk of message) bytes += chunk.length
    return bytes
  }

  it('waits for a client that does not read, shows what was there when it began, and is whole at last', async () => {
    const message = await open()
    await sleep(100)
    expect(await copying()).toHaveLength(1)
    const buffered = process.memoryUsage().arrayBuffers
    await api.pool.query(`update sources set title = 'Changed' where kind = 'other' and title like '%9'`)
    await sleep(100)
    expect(process.memoryUsage().arrayBuffers - buffered).toBeLessThan(8 * 2 ** 20)
    let text = ''
    for await (const chunk of message.setEncoding('utf8')) text += chunk
    const lines = linesOf(text)
    expect(lines.length).toBe(many)
    expect(lines.filter(({ title }) => title === 'Changed')).toEqual([])
  })

  it('stops in the database when the client goes away, and leaves connections that work', async () => {
    const message = await open()
    await once(message, 'readable')
    expect(await copying()).toHaveLength(1)
    message.destroy()
    await until(async () => (await copying()).length === 0)
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.get('/v1/topics?limit=1')))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  })

  it.each(['ndjson', 'csv', 'xlsx'])(
    'as %s that breaks midway is cut and does not end as if it were whole',
    async (format) => {
      const message = await open(`/v1/sources?format=${format}&kind=other`)
      await once(message, 'readable')
      await until(async () => (await copying()).length === 1)
      for (const pid of await copying()) await api.pool.query('select pg_terminate_backend($1)', [pid])
      await expect(drain(message)).rejects.toThrow()
      expect(message.complete).toBe(false)
      expect((await api.get('/v1/topics?limit=1')).status).toBe(200)
    },
  )

  it('takes half of the connections at most: more of them are told to try again, and others are answered', async () => {
    await until(async () => (await copying()).length === 0)
    await Promise.all(Array.from({ length: 5 }, () => open()))
    await until(async () => (await copying()).length === 5)
    const refused = await api.get(large)
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(refusal(refused).type).toBe('/problems/busy')
    expect((await api.get('/v1/agreements?limit=1')).status).toBe(200)
    for (const message of opened) message.destroy()
    await until(async () => (await api.get('/v1/topics?format=csv')).status === 200)
  })
})
