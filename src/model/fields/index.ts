import { aliases } from './aliases.ts'
import { amounts } from './amounts.ts'
import { code, requiredCode } from './code.ts'
import { codes } from './codes.ts'
import { edtf, edtfInList } from './edtf.ts'
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
import { lineOfText, proseText, requiredLine, title, webAddress } from './text.ts'
import { topics } from './topics.ts'

/** Builders of fields. */
export const field = {
  aliases,
  amounts,
  code,
  codes,
  count,
  decimal,
  defaultEnumeration,
  edtf,
  edtfInList,
  enumeration,
  externalIds,
  key,
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
  requiredEnumeration,
  requiredLine,
  requiredReference,
  sectors,
  title,
  topics,
  url: webAddress,
}
