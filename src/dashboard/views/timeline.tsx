import { useLocation } from 'wouter-preact'
import { chartSelection } from '../../view-data.ts'
import { withQuery } from '../api/path.ts'
import { type EventDates, findEventDates, findResource, type ResourceDescription } from '../api/resources.ts'
import { titleOf, titleProperties } from '../api/titles.ts'
import type { Page, RecordDocument } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { useKeepPrevious } from '../api/use-keep-previous.ts'
import { EventTable } from '../charts/event-table.tsx'
import { EventTimeline, type TimedEvent } from '../charts/event-timeline.tsx'
import { AsOfContext, useRecordPath } from '../components/as-of-context.ts'
import { ChartHead } from '../components/chart/chart-head.tsx'
import { ChartControls } from '../components/chart/controls.tsx'
import { useFilterText } from '../components/chart/filter-text.ts'
import { PeriodSlider } from '../components/chart/period-slider.tsx'
import { InternalTag } from '../components/internal-tag.tsx'
import { NotFound } from '../components/not-found.tsx'
import { PageLinks } from '../components/page-links.tsx'
import { Loaded, Widget } from '../components/widget.tsx'
import { formatEdtf } from '../dates/format-edtf.ts'
import { useLabels } from '../i18n/labels.ts'
import { type Language, useLanguage } from '../i18n/language.ts'
import { useFocusResults } from '../use-focus-results.ts'
import { changeParameters, useParameters } from '../use-parameters.ts'

/** Number of records on a page. */
const pageSize = 60
/** The table is open at first if it has at most this many rows. */
const maxOpenRows = 20

/** A timeline of the records of a resource. */
export default function TimelineView() {
  const [parameters] = useParameters()
  const resource = findResource(chartSelection(parameters).resource)
  const eventDates = resource && findEventDates(resource)
  if (!eventDates) return <NotFound />
  return (
    <AsOfContext.Provider value={parameters.get(resource.asOfName) ?? undefined}>
      <ResourceTimeline resource={resource} eventDates={eventDates} />
    </AsOfContext.Provider>
  )
}

function ResourceTimeline({
  resource,
  eventDates,
}: {
  resource: ResourceDescription
  eventDates: EventDates
}) {
  const language = useLanguage()
  const { t, tag, resourceLabel } = language
  const labels = useLabels()
  const recordPath = useRecordPath()
  const [path] = useLocation()
  const [parameters] = useParameters()
  const { filters } = chartSelection(parameters)
  const { happenedIn: _, ...filtersWithoutPeriod } = filters
  const dateProperties = [eventDates.start, ...(eventDates.end ? [eventDates.end] : [])]
  const state = useKeepPrevious(
    useApi<Page<RecordDocument>>(
      withQuery(`/v1/${resource.name}`, {
        sort: eventDates.start,
        ...filters,
        cursor: parameters.get('cursor') ?? undefined,
        limit: pageSize,
        count: 'exact',
        fields: [...titleProperties(resource, tag), 'visibility', ...dateProperties],
      }),
    ),
  )
  const next = state.body?.page.next ?? null
  const { resultsRef, showResults } = useFocusResults()
  const resourceName = resourceLabel(resource.name)
  const filterText = useFilterText(parameters)
  const dates = dateProperties.map(labels.property).join(' – ')
  const caption = [
    t('chart.timelineCaption', { resource: resourceName, date: dates }),
    eventDates.end === undefined ? '' : t('chart.openEnds'),
    filterText,
  ]
    .filter(Boolean)
    .join(' ')
  return (
    <>
      <ChartHead
        title={t('chart.timeline', { resource: resourceName })}
        resource={resource.name}
        filters={filters}
        total={state.status === 'ready' ? state.body?.page.total?.count : undefined}
        hasFailed={state.status === 'failed'}
      />
      <div class="stack">
        <ChartControls country={{ parameter: 'country', label: labels.property('country') }} />
        <PeriodSlider resourceNames={[resource.name]} filters={filtersWithoutPeriod} />
        <Widget title={t('chart.inTime')} caption={caption} wide>
          <section ref={resultsRef} tabIndex={-1} aria-label={t('chart.inTime')}>
            <Loaded state={state} height="36rem">
              {({ data }) =>
                data.length === 0 ? (
                  <p class="empty">{t('explore.none')}</p>
                ) : (
                  <Events
                    events={data.map((record) =>
                      toEvent(
                        resource,
                        eventDates,
                        record,
                        language,
                        recordPath(resource.name, String(record[resource.key])),
                      ),
                    )}
                    caption={caption}
                  />
                )
              }
            </Loaded>
            <PageLinks
              class="toolbar no-print"
              first={
                parameters.has('cursor')
                  ? `${path}${changeParameters(parameters, { cursor: undefined })}`
                  : undefined
              }
              next={next === null ? undefined : `${path}${changeParameters(parameters, { cursor: next })}`}
              onClick={showResults}
            />
          </section>
        </Widget>
      </div>
    </>
  )
}

const textOrNull = (value: unknown) => (typeof value === 'string' ? value : null)

function toEvent(
  resource: ResourceDescription,
  eventDates: EventDates,
  record: RecordDocument,
  language: Language,
  path: string,
): TimedEvent {
  const start = textOrNull(record[eventDates.start])
  const end = eventDates.end === undefined ? null : textOrNull(record[eventDates.end])
  const format = (text: string | null) =>
    text === null ? language.t('value.unknown') : formatEdtf(text, language)
  return {
    title: titleOf(resource, record, language.tag),
    start,
    end,
    hasUnknownEnd: eventDates.end !== undefined && start !== null && end === null,
    dates:
      eventDates.end === undefined || (start === null && end === null)
        ? format(start)
        : `${format(start)} – ${format(end)}`,
    path,
    marks: <InternalTag visibility={record.visibility} />,
  }
}

function Events({ events, caption }: { events: readonly TimedEvent[]; caption: string }) {
  const { t, number } = useLanguage()
  const undated = events.filter(({ start, end }) => start === null && end === null).length
  return (
    <>
      <EventTimeline caption={caption} events={events} />
      {undated > 0 && <p class="soft small">{t('chart.undatedHere', { count: number(undated) })}</p>}
      <EventTable caption={caption} events={events} isOpen={events.length <= maxOpenRows} />
    </>
  )
}
