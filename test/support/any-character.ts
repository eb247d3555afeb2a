import fc from 'fast-check'

/** The surrogates, U+D800 to U+DFFF, are no characters. */
const surrogateCount = 0x800

/**
 * Any Unicode character, as the `unit` of `fc.string`. The library's unit `binary` has the same characters, but takes two seconds to
 * prepare in each process.
 */
export const anyCharacter = fc
  .integer({ min: 0, max: 0x10ffff - surrogateCount })
  .map((index) => String.fromCodePoint(index < 0xd800 ? index : index + surrogateCount))
