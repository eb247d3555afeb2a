import { describe, expect, it } from 'vitest'
import { createTranslator } from '../../src/dashboard/i18n/sentences.ts'
import chinese from '../../src/dashboard/i18n/sentences.zh.json' with { type: 'json' }
import { parseMapping } from '../../src/features/imports/mapping/index.ts'
import { NumberNotations } from '../../src/features/imports/mapping/values/number-notations.ts'
import { Problem } from '../../src/problems/problem.ts'
import { registry } from '../../src/resources/registry.ts'
import { convertContent } from '../support/conversion.ts'
import { makeXlsx, readContent } from '../support/import-files.ts'
import { measureProcessorTimeMs } from '../support/processor-time.ts'

/** Translations of the service's messages, of which many are about imports. */

const translate = createTranslator(chinese)

const mapping = (properties: string, more = '') =>
  `scheme: x\n${more}\nrecords: { agreements: { id: Id, properties: { title: Title, kind: =treaty, ${properties} } } }`

/** Returns the messages of the faults in a mapping. */
function mappingFaults(text: string): string[] {
  try {
    parseMapping(text, registry)
  } catch (error) {
    if (error instanceof Problem) return error.errors.map(({ message }) => message)
    throw error
  }
  return []
}

/** Converts a file with one row. @returns the messages of its faults or dropped values, or why it is left out. */
async function rowFaults(properties: string, value: string, more = ''): Promise<string[]> {
  const csv = `Id,Title,Value\n1,First,"${value}"\n`
  const rows = await convertContent(mapping(properties, more), 'rows.csv', csv)
  return rows.flatMap((row) => {
    if (row.kind === 'skipped') return [row.reason]
    return (row.kind === 'refused' ? row.faults : row.dropped).map(({ detail }) => detail)
  })
}

/** Properties whose values have a format of their own. */
const formatted = ['code', 'alpha2', 'numeric', 'ror', 'property', 'indicator', 'query', 'slug', 'currency']

describe('Chinese sentences', () => {
  it.each([
    ['is required', '必填'],
    ['"scheme" is required', '"scheme" 必填'],
    ['takes one value, not 2', '只取一个值，而不是 2 个'],
    ['The header Change-Reason has 501 characters; the limit is 500.', '修改原因有 501 个字符；上限为 500'],
    [
      'A cell of the XLSX file has more than 8,388,608 characters. Shorten its text.',
      'XLSX 文件的一个单元格超过 8,388,608 个字符。请缩短其文本',
    ],
    ['The request line and headers have more than 16 KiB.', '请求行和请求头超过 16 KiB'],
    ['must have the form of 201X, or be "unknown"', '必须采用 201X 的形式，或为 "unknown"'],
    [
      '"12,14" may be one value or several: write page[]=… for one, or separate several by commas that are not percent-encoded',
      '"12,14" 可能是一个值，也可能是几个：一个值请写作 page[]=…，几个值请用未经百分号编码的逗号分隔',
    ],
    ['"stauts" is not known here; did you mean "status"?', '这里没有 "stauts"；是否想写 "status"？'],
    [
      '"Atlantis" is decided to be "PAK" and to be "CHN": keep one of these decisions',
      '"Atlantis" 同时被决定为 "PAK" 和 "CHN"：请只保留其中一个决定',
    ],
    ['"country" is a condition: write it in "where"', '"country" 是条件，应写在 "where" 中'],
    [
      'must be three capital letters of ISO 3166-1 alpha-3, such as PAK; did you mean "CHN"?',
      '必须是 ISO 3166-1 的三个大写字母，如 PAK；是否想写 "CHN"？',
    ],
    ['"x" is not known; it can be "a", "b"', '"x" 不是已知的值；可以是 "a", "b"'],
    [
      '"x" is not among the codes of the file states.csv; it can be "A", "B".',
      '文件 states.csv 中没有代码 "x"；可以是 "A", "B"',
    ],
    ['must be an object with an operator, such as {"eq":"a"}', '必须是带运算符的对象，如 {"eq":"a"}'],
    ['must be an object with an operator: "gt", "lt"', '必须是带运算符的对象；运算符为 "gt", "lt"'],
    [
      'The header Change-Reason has a character that reorders text, U+202E, at character 5.',
      '修改原因第 5 个字符会改变文字顺序（U+202E）',
    ],
    ['is required: Format of the file; it can be "csv", "xlsx"', '必填；可以是 "csv", "xlsx"'],
    ['"2010" must not be before "startsOn", which is "2011-04"', '"2010" 不得早于 "startsOn"（"2011-04"）'],
    [
      'cannot read "c" from the items of each, which are texts: write "/c" for the column of the row, or . for the item itself',
      '无法从 each 的各项读取 "c"，因为各项是文本：该行的列请写作 "/c"，该项本身请写作 .',
    ],
    [
      '"€5" has the sign €, which is not a sign of the currency USD. Correct the amount or the currency. To ignore the sign, remove it with replace in the mapping.',
      '"€5" 有货币符号 €，但它不是货币 USD 的符号。请更正金额或货币；如需忽略此符号，请在映射中用 replace 去掉',
    ],
    [
      'list.csv has two values for the code "X": "in_force" in row 2 and "expired" in row 3; remove one of them',
      'list.csv 中代码 "X" 有两个值：第 2 行是 "in_force"，第 3 行是 "expired"；请删去其中之一',
    ],
    [
      '"2005" must not be before "startsOn", which is "2006". The registry has "2005" from an earlier file or an edit, and the row has no value for "endsOn": write the right date in the row, or correct the record',
      '"2005" 不得早于 "startsOn"（"2006"）。登记册中已有来自较早文件或编辑的 "2005"，而此行没有 "endsOn" 的值：请在此行填写正确的日期，或更正该记录',
    ],
    [
      '"2005" must not be before "startsOn", which is "2006". The registry keeps "2005", which others have set: correct the record, or set onEdited to replace',
      '"2005" 不得早于 "startsOn"（"2006"）。登记册保留他人设定的 "2005"：请更正该记录，或将 onEdited 设为 replace',
    ],
    [
      'The values of row 5 are the names of the columns. If the header is repeated there, leave such rows out with when in the mapping, such as when: {"No.": {not: "No."}}.',
      '第 5 行的值就是各列的列名。如果这是重复的表头，请在映射中用 when 排除这样的行，例如 when: {"No.": {not: "No."}}',
    ],
    ['Item 3 has "China" as participant a second time.', '第 3 项："China" 第二次以 participant 的身份出现'],
    ['Location/latitude must be a number, not text.', 'Location/latitude：必须是数字，而不是文本'],
    [
      'A quote that opens on line 3 or later is never closed: the file is cut off, or the quote is a part of a value. Close the quote, or double it within a quoted value. If the file has no quotes around values, set rows.quote to none in the mapping.',
      '从第 3 行文字或其后开始的引号没有闭合：文件不完整，或引号是值的一部分。请闭合引号，或在带引号的值中将其写两次。如果文件的值不加引号，请在映射中将 rows.quote 设为 none',
    ],
    [
      'has the id of row 5: only one row may describe a record of topics. Give each row an id of its own, or sort the rows of a table by this id and name its column in rows.groupBy',
      '与第 5 行的标识相同：topics 的一条记录只能由一行描述。每行须有自己的标识，或将表格各行按此标识排序，并在 rows.groupBy 中写出该列',
    ],
    [
      'makes /parent of /v1/organizations/0190 invalid: would put the organization below itself; change it first',
      '会使 /v1/organizations/0190 的 /parent 无效：会使该记录成为自己的下级：请先更改它',
    ],
    [
      'the file "state.csv" is missing: give it with the imported file; did you mean "states.csv"?',
      '缺少文件 "state.csv"：请与要导入的文件一起提供；是否想写 "states.csv"？',
    ],
    ['makes /v1/projects/0190 invalid: is required', '会使 /v1/projects/0190 无效：必填'],
    [
      'makes /participants/0/role of /v1/projects/0190 invalid: is required',
      '会使 /v1/projects/0190 的 /participants/0/role 无效：必填',
    ],
    [
      'From row 2 on, more than 10,000 neighbouring rows have the same value in the column "Id" of rows.groupBy. Correct rows.groupBy, or split the file.',
      '从第 2 行开始，相邻超过 10,000 行在 rows.groupBy 的列 "Id" 中的值相同。请修改 rows.groupBy，或拆分文件',
    ],
    [
      'Rows of o.csv that match no row of the imported file: 3 of 6, such as row 5 (pid "2").',
      'o.csv 的 6 行中有 3 行与导入文件的任何行都不匹配，例如第 5 行（pid 为 "2"）',
    ],
    [
      'The file has no column "Treaty"; did you mean "Title"? With only one column, the delimiter is probably a different one (rows.delimiter).',
      '文件没有 "Treaty" 列；是否想写 "Title"？（只有一列：很可能分隔符不对，请检查 rows.delimiter）',
    ],
    [
      'The mapping names 2 columns that the file does not have. The file has the column "A". With only one column, a title is probably above the column names (rows.header).',
      '映射提到的列中，有 2 列在文件中不存在。文件只有 "A" 一列，列名上方很可能有标题（rows.header）',
    ],
    [
      'In the file partners.csv (join.partners): Row 4: The value has more than 200,000 characters.',
      '文件 partners.csv（join.partners）：第 4 行：该值超过 200,000 个字符',
    ],
    [
      'In the file book.xlsx (codes): Sheet Codes, row 4: The value has more than 200,000 characters.',
      '文件 book.xlsx（codes）：工作表 Codes 第 4 行：该值超过 200,000 个字符',
    ],
    [
      'would leave an invalid value at /title, /kind of version 2: choose another replacement, or redact `properties`',
      '会使第 2 版的 /title, /kind 无效：请改用其他替换文本，或改为遮蔽属性的值',
    ],
    [
      'would leave an invalid value at /title of version 2: choose other properties or another replacement, or redact `text`',
      '会使第 2 版的 /title 无效：请改选其他属性或替换文本，或改为遮蔽文本',
    ],
    [
      '"/kind" cannot be redacted: it must not be null, and "[redacted]" is not a valid value for it',
      '不能遮蔽 "/kind"：它不得为空，而 "[redacted]" 对它无效',
    ],
    [
      '"/parties/x" cannot be redacted: "x" is not a property there; did you mean "on"?',
      '不能遮蔽 "/parties/x"：那里没有属性 "x"；是否想写 "on"？',
    ],
    ['kept title, signedOn', '未覆盖 title, signedOn'],
    [
      'kept title from an earlier file, since the row has no value',
      '未覆盖 title：此行没有值，保留较早文件的值',
    ],
    [
      'kept title: the row with the id "1" changes this record, and the row with the id "2" does not',
      '未覆盖 title：标识为 "1" 的行更改此记录，标识为 "2" 的行则不更改',
    ],
    ['was changed since', '此后已被修改'],
    ['was merged into china', '已并入 china'],
    [
      'The source A is not as visible as B: one of them is internal, or belongs to an internal record. Make both equally visible, then merge.',
      '两条记录的可见范围不同：其中一条是内部记录，或属于内部记录。请先使两者的可见范围相同，再合并',
    ],
    [
      'More than 1000 records refer to the source A. Merge in the other direction, or change some of them first.',
      '引用此记录的记录超过 1000 条。请改为保留此记录，或先更改其中一些记录',
    ],
    ['is the agreement itself', '就是该记录自身'],
    ['place was changed since', 'place 此后已被修改'],
    ['title, place were changed since', 'title, place 此后已被修改'],
    ['title was changed since; is required', 'title 此后已被修改；必填'],
    [
      'endsOn was changed since; kept startsOn: "1992" must not be before "startsOn", which is "2000"',
      'endsOn 此后已被修改；未覆盖 startsOn："1992" 不得早于 "startsOn"（"2000"）',
    ],
    [
      'The later import 0190 (a.csv) has changed 3 of the records of this import. Undo the later import first.',
      '后来的导入 0190（a.csv）更改了此导入的 3 条记录。请先撤销后来的导入',
    ],
    [
      'The import 0190 (a.csv) of the same register has written records of this import since its dry run. Start this import again to see what it would change now.',
      '试运行之后，同一登记表的导入 0190（a.csv）已写入此导入的记录。请重新开始此导入，以查看现在会更改什么',
    ],
    [
      'The import 0190 (a.csv) of the same register is being committed. Wait until that is done.',
      '同一登记表的导入 0190（a.csv）正在提交，请等待提交完成',
    ],
    [
      'The import 0190 of the same register is being uploaded. Wait until that is done, or delete that import if its upload was interrupted.',
      '同一登记表的导入 0190 正在上传，请等待上传完成；如果上传已中断，请删除该导入',
    ],
    ['The import is committing. Wait until that is done.', '此导入正在处理中，请等待处理完成'],
    ['The sheet is malformed or cut off: unclosed tag (line 4)', '工作表格式有误或不完整（第 4 行）'],
  ])('translate the message: %s', (english, expected) => {
    expect(translate(english)).toBe(expected)
  })

  it('are found even if a more general sentence has another translation', () => {
    // Each sentence is translated with the names of its placeholders as their text. The text for a placeholder with a capital
    // letter is translated, too, and its name has no translation, so sentences with such placeholders are left out.
    const plain = Object.entries(chinese).filter(([english]) => !/\{[A-Z]/.test(english))
    const withNumbers = plain.map((texts) => texts.map((text) => text.replaceAll('{number}', '1')))
    expect(withNumbers.filter(([english = '', translated]) => translate(english) !== translated)).toEqual([])
  })

  it.each(['; it can be "a", "b"', '; did you mean "a"?', '; find it with /v1/x'])(
    'exist for messages that end with a suggestion, and translate it: %s',
    (suggestion) => {
      const translatable = Object.keys(chinese).filter((english) => translate(english) !== undefined)
      const isTranslated = (text: string | undefined) =>
        text !== undefined && !/it can be|did you mean|find it with/.test(text)
      expect(translatable.filter((english) => !isTranslated(translate(`${english}${suggestion}`)))).toEqual(
        [],
      )
    },
  )

  it('exist for the keys and codes that a form refuses, with their examples', () => {
    const faults = registry.resources.flatMap((resource) => {
      const { error } = resource.document.safeParse(Object.fromEntries(formatted.map((name) => [name, '!'])))
      return error?.issues.filter(({ path }) => formatted.includes(String(path[0]))) ?? []
    })
    expect(new Set(faults.map(({ path }) => path[0])).size).toBeGreaterThan(6)
    for (const { message } of faults) expect(translate(message), message).toBeDefined()
  })

  it('exist for the faults of times and cursors in a URL', () => {
    const messages = [
      'must be an RFC 3339 timestamp such as 2026-01-31T09:30:00Z, or a date',
      'has a space before its offset from UTC: write + as %2B in a URL',
      'must not be in the future',
      'has a NUL character',
      'was not issued by this registry, or was truncated or changed: send it exactly as the page gave it',
    ]
    expect(messages.filter((message) => translate(message) === undefined)).toEqual([])
  })

  it('are looked for in a bounded time, however deeply a message is nested', async () => {
    const timeMs = await measureProcessorTimeMs(() => {
      expect(translate(`${'item '.repeat(40)}zzz`)).toBeUndefined()
    })
    expect(timeMs).toBeLessThan(2000)
  })

  it('keep quoted text unchanged, and do not exist for unknown messages', () => {
    expect(translate('"is required" is not known')).toBe('"is required" 不是已知的值')
    expect(translate('The kettle is empty.')).toBeUndefined()
    expect(translate('The assembly line is empty.')).toBeUndefined()
    expect(translate('The kettle is empty; did you mean "full"?')).toBeUndefined()
  })

  it.each([
    ['an unknown key', `schem: x\n${mapping('')}`],
    ['an unknown property', mapping('signdOn: a')],
    ['a constant that is not in the enumeration', mapping('status: =signd')],
    ['two sources of a value', mapping('place: { from: a, value: b }')],
    ['no source of a value', mapping('place: { split: ";" }')],
    ['a bad format of dates', mapping('signedOn: { from: a, date: hh:mm }')],
    ['a bad format of numbers', mapping('terms: [{ amount: 1 }], place: { from: a, number: x }')],
    ['a bad path', mapping('place: "a[["')],
    ['a missing property', 'scheme: x\nrecords: { agreements: { id: id, properties: { kind: =treaty } } }'],
    ['a value of another type', mapping('place: { from: 3 }')],
    ['an unknown language', `language: xx\n${mapping('')}`],
    ['a column for a list of objects', mapping('parties: Party')],
    ['no property in a location', mapping('location: { value: {} }')],
    ['a list of codes in another folder', mapping('status: { from: a, codes: lists/a.csv }')],
  ])('exist for the faults in a mapping: %s', (_name, text) => {
    const faults = mappingFaults(text)
    expect(faults).not.toEqual([])
    for (const fault of faults) expect(translate(fault), fault).toBeDefined()
  })

  it.each([
    ['a text that is not in the enumeration', 'status: Value', 'signd'],
    ['an unknown code', 'status: { from: Value, codes: { Active: in_force } }', 'Actve'],
    ['a text that is not a date', 'signedOn: Value', 'some day'],
    ['an ambiguous date', 'signedOn: Value', '03/04/2011'],
    ['a year or two years', 'signedOn: Value', '1999/00'],
    ['a decade or a century', 'signedOn: Value', '1900s'],
    ['a serial date of a spreadsheet', 'signedOn: Value', '40650'],
    ['a date of another format', 'signedOn: { from: Value, date: DD/MM/YYYY }', 'soon'],
    ['a day that its month does not have', 'signedOn: Value', '2011-02-30'],
    ['a formula that failed', 'place: Value', '#REF!'],
    ['a text with a character that cannot be shown', 'place: Value', 'Bei\u202ejing'],
    ['a text that is too long', 'place: Value', 'x'.repeat(600)],
    ['a text that is truncated', 'place: { from: Value, max: 5 }', 'Islamabad'],
    ['several values', 'place: { from: Value, split: ";" }', 'a;b'],
    ['a text that is not an address', 'website: Value', 'not an address'],
    ['a text that is not a number', 'place: { from: Value, times: 1 }', 'many'],
    ['a number of another format', 'place: { from: Value, number: "1.234,5" }', '1.5'],
    ['a number that is too large', 'place: { from: Value, times: 10 }', '1e308'],
    ['a number with too many digits', 'place: { from: Value, times: 1 }', '8898548999534.641'],
    ['a number with a unit', 'place: { from: Value, times: 1 }', '3万元'],
    ['an ambiguous number', 'place: { from: Value, times: 1 }', '1,234'],
  ])('exist for the faults in a value: %s', async (_name, properties, value) => {
    const faults = await rowFaults(properties, value)
    expect(faults).not.toEqual([])
    for (const fault of faults) expect(translate(fault), fault).toBeDefined()
  })

  it('exist for a row that is left out, or has too many, too few or repeated values', async () => {
    const [reason = ''] = await rowFaults('place: Value', 'x', 'when: { Value: y }')
    expect(translate(reason)).toBe('when：Value 为 "x"')
    const { rows } = await readContent('a.csv', 'Id,Title\n1,A,B,C\n2\n,A\n', { fillDown: ['Id'] })
    const cells = '<row><c><v>1</v></c></row><row><c><v>2</v></c><c><v>3</v></c></row>'
    const sheet = await readContent('a.xlsx', makeXlsx(cells))
    const json = await readContent('a.ndjson', '{"a": 1, "a": 2}\n[]\n')
    const faults = [...rows, ...sheet.rows, ...json.rows].map(({ fault }) => fault?.detail ?? '')
    expect(faults).toHaveLength(6)
    for (const fault of faults) expect(translate(fault), fault).toBeDefined()
  })

  it('exist for notes about the cells and columns of a spreadsheet', async () => {
    const styles = '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="57"/></cellXfs></styleSheet>'
    const cells =
      '<row><c><v>1</v></c></row><row><c><v>1e15</v></c></row><row><c><f>1</f></c></row><row><c s="1"><v>40634</v></c></row>'
    const { notes } = (await readContent('a.xlsx', makeXlsx(cells, { 'xl/styles.xml': styles }))).fileInfo
    expect(notes).toHaveLength(4)
    for (const note of notes) expect(translate(note), note).toBeDefined()
  })

  it('exist for the note that the last row of a file is not shown', async () => {
    const { notes } = (await readContent('a.csv', 'Id,Title\n1,A\n2,"cut', {}, true)).fileInfo
    expect(notes).toHaveLength(1)
    for (const note of notes) expect(translate(note), note).toMatch(/^未显示最后一行/)
  })

  it('exist for a note about numbers in different notations', () => {
    const notations = new NumberNotations()
    for (const text of ['1.234', '12,5']) notations.add('Amount', text)
    expect(notations.notes.map(translate)).toEqual([expect.stringContaining('小数点')])
  })
})
