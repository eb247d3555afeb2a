import { Link, Redirect, useLocation } from 'wouter-preact'
import { useSearch } from 'wouter-preact/use-browser-location'
import { apiRecordPath } from '../../view-data.ts'
import { viewPaths } from '../../view-paths.ts'
import { toYearBars } from '../api/groups.ts'
import { withQuery } from '../api/path.ts'
import { explorePath, recordDetailPath, recordPath } from '../api/resources.ts'
import type { Country, CountryBriefing } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { useLastOfSession } from '../api/use-last-of-session.ts'
import type { ApiState } from '../api/use-read.ts'
import { AgreementTimeline } from '../charts/agreement-timeline.tsx'
import { YearColumns } from '../charts/year-columns.tsx'
import { AsOfContext } from '../components/as-of-context.ts'
import { AsOfField, yearBefore } from '../components/as-of-field.tsx'
import { SourceNumbers } from '../components/briefing/cited-sources.ts'
import { ExpiringAgreementsOfCountry } from '../components/briefing/expiring.tsx'
import { Figures } from '../components/briefing/figures.tsx'
import { GroupsWidget } from '../components/briefing/groups-widget.tsx'
import { MoneyWidget } from '../components/briefing/money-widget.tsx'
import { Sources } from '../components/briefing/sources.tsx'
import { ChangeList } from '../components/change-list.tsx'
import { DataLinks } from '../components/chart/chart-links.tsx'
import { focusPrevious } from '../components/focus-previous.ts'
import { KeyFigure } from '../components/key-figure.tsx'
import { PageHead } from '../components/page-head.tsx'
import { PrintedAsOf } from '../components/printed-as-of.tsx'
import { ResourceLink } from '../components/resource-link.tsx'
import { Loaded, Widget } from '../components/widget.tsx'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'

/** The briefing of a country, now or as of an earlier time. It can be printed. */
export function CountryView({ code }: { code: string }) {
  const { t } = useLanguage()
  const asOf = new URLSearchParams(useSearch()).get('asOf') ?? undefined
  const state = useApi<CountryBriefing>(withQuery(`${apiRecordPath('countries', code)}/briefing`, { asOf }))
  // A country that was merged into another one has the briefing of the other one, except as of a time before that.
  const ownCode = state.body?.country.code ?? code
  if (ownCode !== code)
    return <Redirect to={`${recordPath('countries', ownCode)}${location.search}${location.hash}`} replace />
  return (
    <>
      {/* Outside of `Loaded`: if the registry did not have the country on this date, the user can choose another date. */}
      <Head state={state} givenCode={code} asOf={asOf} />
      <Loaded state={state} height="60rem">
        {(briefing) => (
          <SourceNumbers.Provider value={sourceNumbersOf(briefing)}>
            <Numbers briefing={briefing} />
            <AsOfContext.Provider value={asOf}>
              <div class="grid">
                <Agreements briefing={briefing} />
                <Activities briefing={briefing} />
                <Figures briefing={briefing} />
                {/* A briefing as of an earlier time has no changes. */}
                {briefing.changes && (
                  <Widget title={t('overview.changes')} wide>
                    <ChangeList changes={briefing.changes.data} />
                  </Widget>
                )}
                <Sources briefing={briefing} />
              </div>
            </AsOfContext.Provider>
          </SourceNumbers.Provider>
        )}
      </Loaded>
    </>
  )
}

const sourceNumbersOf = ({ sources }: CountryBriefing): ReadonlyMap<string, number> =>
  new Map(sources.data.map(({ key: { source } }, index) => [source ?? '', index + 1]))

function Head({
  state,
  givenCode,
  asOf,
}: {
  state: ApiState<CountryBriefing>
  /** The code in the URL. */
  givenCode: string
  asOf: string | undefined
}) {
  const { t } = useLanguage()
  const briefing = state.body
  const code = briefing?.country.code ?? givenCode
  // The name stays while another day is read, and if the registry did not have the country on this day.
  const name = useLastOfSession(briefing?.country.name) ?? (state.error && givenCode)
  const country = useApi<Country>(
    briefing ? withQuery(apiRecordPath('countries', code), { asOf }) : null,
  ).body
  const otherNames = country
    ? [country.name, country.officialName, ...country.aliases.map((alias) => alias.name)]
    : []
  return (
    <PageHead
      above={<ResourceLink resource="countries" />}
      title={name}
      actions={
        <>
          {!state.error && (
            <Link
              class="button"
              href={withQuery(viewPaths.compare, { country: code, before: yearBefore(asOf), asOf })}
            >
              {t('compare.yearAgo')}
            </Link>
          )}
          <AsOfDate asOf={asOf} code={code} />
          {!state.error && (
            <>
              <Link class="button" href={withQuery(recordDetailPath('countries', code), { asOf })}>
                {t('country.record')}
              </Link>
              <DataLinks view="country" name={code} />
              <button type="button" onClick={() => print()}>
                {t('country.print')}
              </button>
            </>
          )}
        </>
      }
    >
      <p class="other-names">
        {[...new Set(otherNames)].filter((other) => other && other !== name).join(' · ')}
      </p>
      {briefing && <PrintedAsOf asOf={briefing.day} />}
    </PageHead>
  )
}

/** The date as of which the country is shown, with a link back to today. */
function AsOfDate({ code, asOf }: { code: string; asOf: string | undefined }) {
  const { t } = useLanguage()
  const [, navigate] = useLocation()
  const path = recordPath('countries', code)
  return (
    <>
      <AsOfField asOf={asOf} onChange={(chosen) => navigate(withQuery(path, { asOf: chosen }))} />
      {asOf !== undefined && (
        <Link href={path} onClick={({ currentTarget }) => focusPrevious(currentTarget)}>
          {t('country.now')}
        </Link>
      )}
    </>
  )
}

function Numbers({ briefing: { country, records, inForce } }: { briefing: CountryBriefing }) {
  const { t, number, resourceLabel } = useLanguage()
  const figures = [
    ...Object.entries(records).map(([resource, section]) => ({ label: resourceLabel(resource), ...section })),
    { label: t('country.inForce'), ...inForce },
  ]
  return (
    <dl class="key-figures" aria-label={t('country.records', { name: country.name })}>
      {figures.map(({ label, count, list }) => (
        <KeyFigure key={label} label={label}>
          <Link href={explorePath(list)}>{number(count)}</Link>
        </KeyFigure>
      ))}
    </dl>
  )
}

function Agreements({ briefing }: { briefing: CountryBriefing }) {
  const { t } = useLanguage()
  const { code, name } = briefing.country
  const caption = t('country.caption', { name })
  const groups = briefing.records.agreements?.groups
  const years = groups?.year?.data ?? []
  return (
    <>
      <AgreementTimeline country={code} name={name} count={briefing.records.agreements?.count ?? 0} />
      {years.length > 0 && (
        <Widget title={t('overview.byYear')} caption={caption} wide>
          <YearColumns
            caption={caption}
            heading={t('overview.byYear')}
            years={toYearBars(years, 'signedYear', t('value.unknown'))}
          />
        </Widget>
      )}
      <GroupsWidget
        title={t('country.partners')}
        caption={caption}
        groups={groups?.partner}
        dimension="country"
      />
      <GroupsWidget title={t('country.topics')} caption={caption} groups={groups?.topic} dimension="topic" />
      <GroupsWidget title={t('country.byKind')} caption={caption} groups={groups?.kind} dimension="kind" />
      <GroupsWidget
        title={t('country.byStatus')}
        caption={caption}
        groups={groups?.status}
        dimension="status"
      />
      <ExpiringAgreementsOfCountry briefing={briefing} />
    </>
  )
}

/** The sections of projects, bases and programs. */
function Activities({ briefing }: { briefing: CountryBriefing }) {
  const { t, tag, resourceLabel } = useLanguage()
  const labels = useLabels()
  const { name } = briefing.country
  const others = Object.entries(briefing.records).filter(([resource]) => resource !== 'agreements')
  return (
    <>
      {others.map(([resource, { groups }]) => {
        const dimension = (['kind', 'modality', 'status'] as const).find((candidate) => groups[candidate])
        if (dimension === undefined) return null
        const resourceName = resourceLabel(resource)
        return (
          <GroupsWidget
            key={resource}
            title={t('country.by', {
              resource: resourceName,
              property: labels.property(dimension).toLocaleLowerCase(tag),
            })}
            caption={t('country.recordsOf', { resource: resourceName.toLocaleLowerCase(tag), name })}
            groups={groups[dimension]}
            dimension={dimension}
          />
        )
      })}
      <GroupsWidget
        title={t('country.units')}
        caption={t('country.unitsCaption', { name })}
        groups={briefing.units}
        dimension="kind"
        measure="sum:unitCount"
      />
      <MoneyWidget
        title={t('country.given')}
        caption={t('country.givenCaption', { name })}
        money={briefing.given}
      />
      <MoneyWidget
        title={t('country.received')}
        caption={t('country.receivedCaption', { name })}
        money={briefing.received}
      />
    </>
  )
}
