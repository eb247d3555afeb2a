import { aliases } from './aliases.ts'
import { code, defaultCode, groupByCode, groupByWord, requiredCode } from './code.ts'
import { edtf, edtfInList, requiredEdtfInList } from './edtf.ts'
import { defaultEnumeration, enumeration, requiredEnumeration } from './enumeration.ts'
import { externalIds } from './external-ids.ts'
import { key } from './key.ts'
import { list } from './list.ts'
import { listRequest } from './list-request.ts'
import { location } from './location.ts'
import { money } from './money.ts'
import { count, decimal } from './number.ts'
import { participants, parties } from './participants.ts'
import { reference, requiredReference } from './reference.ts'
import { references } from './references.ts'
import { languageTag, lineOfText, proseText, requiredLine, title, webAddress } from './text.ts'
import { topics } from './topics.ts'
import { words } from './words.ts'

/** Builders of fields, and of the groupings that `code` takes. */
export const field = {
  aliases,
  code,
  count,
  decimal,
  defaultCode,
  defaultEnumeration,
  edtf,
  edtfInList,
  enumeration,
  externalIds,
  groupByCode,
  groupByWord,
  key,
  languageTag,
  line: lineOfText,
  list,
  listRequest,
  location,
  money,
  participants,
  parties,
  prose: proseText,
  reference,
  references,
  requiredCode,
  requiredEdtfInList,
  requiredEnumeration,
  requiredLine,
  requiredReference,
  title,
  topics,
  url: webAddress,
  words,
}
