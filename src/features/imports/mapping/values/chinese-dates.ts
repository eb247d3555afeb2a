/** Chinese notations of dates, which are replaced with notations that `date.ts` reads whatever the language of the mapping is. */

/**
 * Replaces wave dashes, with which Chinese texts write ranges: `～2012` means until 2012. They may be written `~`, which would make
 * the date approximate in EDTF.
 */
const replaceWaveDashes = (text: string): string =>
  text.replace(/^[～〜~]\s*/, 'until ').replace(/\s*[～〜~]\s*/g, '–')

/** The Chinese digits from 0 to 9. */
const digits = '〇一二三四五六七八九'

/** Returns the value of a Chinese digit; 0 for the other ways to write zero, `○` and `零`. */
const digitValue = (character: string): number => Math.max(0, digits.indexOf(character))

/** Returns the number of a month or day in Chinese numerals: 12 for `十二`, 30 for `三十`. */
function readNumeral(numeral: string): string {
  const [, tens, ones = ''] = /^(.?)十(.?)$/.exec(numeral) ?? []
  if (tens === undefined) return String(digitValue(numeral))
  return String((tens === '' ? 1 : digitValue(tens)) * 10 + digitValue(ones))
}

/** Replaces Chinese numerals: `二〇〇一年三月五日` becomes `2001年3月5日`, and `二〇〇一至二〇〇三年` becomes `2001至2003年`. */
const replaceNumerals = (text: string): string =>
  text
    .replaceAll('廿', '二十')
    .replaceAll('卅', '三十')
    .replace(/[〇○零一二三四五六七八九]{4}(?=\s*[年至到–—-])/g, (year) => [...year].map(digitValue).join(''))
    .replace(
      /(?<![〇一二三四五六七八九十])(?:[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])(?=\s*[月日号至到–—]|季度|-[一二三四五六七八九十])/g,
      readNumeral,
    )

/** Replaces a decade of a century: `20世纪90年代` becomes `1990年代`. */
const replaceCenturies = (text: string): string =>
  text.replace(/^(\d{2})世纪(?=[1-9]0年代$)/, (_, century: string) => String(Number(century) - 1))

/**
 * Chinese notations, each with its replacement and an example. They are replaced in this order. `$112月` is the first group, followed by
 * `12月`.
 */
const notations: readonly [pattern: RegExp, replacement: string][] = [
  [/(?<=\d)\s*([年月日])\s*/g, '$1'], // 2001 年 3 月 → 2001年3月
  [/\s*([至到])\s*/g, '$1'], // 2001 至 2003 → 2001至2003
  [/(?<=\d)号/g, '日'], // 3月5号 → 3月5日
  [/(?<=年)元月/g, '1月'], // 2001年元月 → 2001年1月
  [/^(?:大约|约)\s*|(.+)(?:左右|前后)$/, 'c. $1'], // 约1985, 1985左右 → c. 1985
  [/^(\d{3}0)年代$/, '$1s'], // 1990年代 → 1990s
  [/(?<=[年月日])--?\s*|(?<=^[自从]\d{4})-(?=\d{4}(?!\d))|—{1,2}/g, '–'], // 2001年-2003年, 2001年——2003年 → 2001年–2003年
  [/起(?=[至到–])|(?<=[至到].*)止$/g, ''], // 2001年起至2003年止 → 2001年至2003年
  [/^[自从]?(\d[^至到]*)[至到](\d.*)$/, '$1–$2'], // 自2001年至2003年 → 2001年–2003年
  [/^[至到](\d[^至到–]*)$/, 'until $1'], // 至2003年 → until 2003年
  [/^[自从]?(\d.*?)(?:[–-]?至|[–-])今$/, 'since $1'], // 2001年至今 → since 2001年
  [/^[自从](\d[^–]*)–(\d.*)$/, '$1–$2'], // 自2001年–2003年 → 2001年–2003年
  [/^[自从](.+?)起?$|^(\d.*)起$/, 'since $1$2'], // 自2001年起, 2001年起 → since 2001年
  [/^(\d{4}年)(\d{1,2})月?[–-](\d{1,2}月(?:\d{1,2}日)?)$/, '$1$2月–$1$3'], // 2001年3–6月 → 2001年3月–2001年6月
  [/^(\d{4}年)(\d{1,2}月\d{1,2}日)–(\d{1,2}月)/, '$1$2–$1$3'], // 2001年3月5日–6月7日 → 2001年3月5日–2001年6月7日
  [/^(\d{4}年\d{1,2}月)(\d{1,2})日?[–-](\d{1,2}日)$/, '$1$2日–$1$3'], // 2001年3月5–7日 → 2001年3月5日–2001年3月7日
  [/^(\d{4}年)上半年$/, '$11月–$16月'], // 2001年上半年 → 2001年1月–2001年6月
  [/^(\d{4}年)下半年$/, '$17月–$112月'], // 2001年下半年 → 2001年7月–2001年12月
  [/^(\d{4})年第?([1-4])季度$/, 'Q$2 $1'], // 2001年第2季度 → Q2 2001
  [/^(\d{4})年([春夏秋冬])[季天]?$/, '$2 $1'], // 2001年春季 → 春 2001
  [/^(\d{4}年\d{1,2}月)上旬$/, '$11日–$110日'], // 2001年3月上旬 → 2001年3月1日–2001年3月10日
  [/^(\d{4}年\d{1,2}月)中旬$/, '$111日–$120日'], // 2001年3月中旬 → 2001年3月11日–2001年3月20日
  [/^(\d{4}年\d{1,2}月)下旬$/, '$121日–$1'], // 2001年3月下旬 → 2001年3月21日–2001年3月
  // 2001年 → 2001. `2001年–03` keeps its `年`, since 03 may be a month or a year.
  [/(?<=(?<!\d)\d{4})年(?!\d|–(?:0?\d|1[0-2])$)/g, ''],
]

/**
 * Replaces the Chinese notations of a date: `约 1985 年` becomes `c. 1985`, and full-width characters become ordinary ones. A range
 * gets the parts that its end has in common with its start: `2001年3月至6月` becomes `2001年3月–2001年6月`.
 */
export const replaceChinese = (text: string): string =>
  /[\u3000-\u9fff\uff00-\uffef]/.test(text)
    ? notations.reduce(
        (replaced, [pattern, replacement]) => replaced.replace(pattern, replacement),
        replaceCenturies(replaceNumerals(replaceWaveDashes(text).normalize('NFKC'))),
      )
    : text
