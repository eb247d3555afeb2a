import { aliases } from './aliases.ts'
import { amounts } from './amounts.ts'
import { code, defaultCode, requiredCode } from './code.ts'
import { codes } from './codes.ts'
import { edtf, edtfInList, requiredEdtfInList } from './edtf.ts'
import { defaultEnumeration, enumeration, requiredEnumeration } from './enumeration.ts'
import { externalIds } from './external-ids.ts'
import { key } from './key.ts'
import { list } from './list.ts'
import { listRequest } from './list-request.ts'
import { location } from './location.ts'
import { locations } from './locations.ts'
import { money } from './money.ts'
import { count, decimal } from './number.ts'
import { participants, parties } from './participants.ts'
import { point } from './point.ts'
import { reference, requiredReference } from './reference.ts'
import { references } from './references.ts'
import { sectors } from './sectors.ts'
import { languageTag, lineOfText, proseText, requiredLine, title, webAddress } from './text.ts'
import { topics } from './topics.ts'

/** Builders of fields. */
export const field = {
  aliases,
  amounts,
  code,
  count,
  decimal,
  defaultCode,
  defaultEnumeration,
  edtf,
  edtfInList,
  enumeration,
  externalIds,
  key,
  languageTag,
  line: lineOfText,
  list,
  listRequest,
  location,
  locations,
  money,
  participants,
  parties,
  point,
  prose: proseText,
  reference,
  references,
  requiredCode,
  requiredEdtfInList,
  requiredEnumeration,
  requiredLine,
  requiredReference,
  sectors,
  title,
  topics,
  url: webAddress,
  codes,
}
