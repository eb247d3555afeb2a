import { z } from 'zod'
import type { CopySession } from '../../database/database.ts'
import { type CalendarEvent, writeCalendar } from '../../formats/icalendar.ts'
import { parseNdjson } from '../../formats/ndjson.ts'
import { recordPath } from '../../model/paths.ts'
import type { Resource } from '../../model/resource.ts'
import { calendarStatement } from '../../query/export.ts'
import type { Selection } from '../../query/list.ts'
import type { Publisher } from '../operation.ts'

/** A date of a record: property, earliest and latest day, and the date in EDTF. */
const dateTuple = z.tuple([z.string(), z.string(), z.string(), z.string()])

/** A row of `calendarStatement`: key, title, version, time of the last change, and dates. */
const recordRow = z.tuple([z.string(), z.string(), z.number(), z.string(), z.array(dateTuple.nullable())])

function toEvents(
  value: unknown,
  { name, calendar = {} }: Resource,
  { serviceUrl }: Publisher,
): CalendarEvent[] {
  const [key, title, version, changedAt, dates] = recordRow.parse(value)
  return dates.flatMap((dateValues) => {
    if (!dateValues) return []
    const [property, first, last, date] = dateValues
    return {
      uid: `${key}-${property}@entente`,
      sequence: version,
      changedAt,
      first,
      last,
      summary: `${calendar[property]}: ${title}`,
      ...(date !== first && {
        description: `${first === last ? '' : 'The day is not known. '}The date is ${date} (EDTF).`,
      }),
      ...(serviceUrl !== undefined && { url: serviceUrl + recordPath({ resource: name, key }) }),
    }
  })
}

const countRow = z.tuple([z.number()])

async function readCount(source: AsyncIterable<Buffer>): Promise<number> {
  for await (const values of parseNdjson(source)) {
    const [first] = values
    if (first !== undefined) return countRow.parse(first)[0]
  }
  return 0
}

async function* readEvents(
  { resource }: Selection,
  publisher: Publisher,
  source: AsyncIterable<Buffer>,
): AsyncGenerator<CalendarEvent[]> {
  for await (const values of parseNdjson(source))
    yield values.flatMap((value) => toEvents(value, resource, publisher))
}

/**
 * Yields the text of a calendar file of a selection.
 * @param omitted the output of `omittedDatesStatement`.
 * @param session runs the COPY of the events after `omitted` has been read.
 */
export async function* writeCalendarFile(
  selection: Selection,
  publisher: Publisher,
  omitted: AsyncIterable<Buffer>,
  session: CopySession,
): AsyncGenerator<string> {
  const { resource } = selection
  const omittedCount = await readCount(omitted)
  const dateLabels = Object.values(resource.calendar ?? {}).join(', ')
  const fileInfo = {
    name: `${publisher.name}: ${resource.name}`,
    description: `${dateLabels}. A date that is not known to the day spans all days that it may mean. Dates that span more than a year, or are not in the years 1 to 9998, are left out (${omittedCount} of them).`,
  }
  const source = await session.start(calendarStatement(selection), `copy (a calendar of ${resource.name})`)
  yield* writeCalendar(fileInfo, readEvents(selection, publisher, source))
}
