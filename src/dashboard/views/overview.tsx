import { Link } from 'wouter-preact'
import { countPath, overviewGroups, overviewResources } from '../../view-data.ts'
import { isRetryable } from '../api/client.ts'
import { countryPath, toBars, toYearBars } from '../api/groups.ts'
import { withQuery } from '../api/path.ts'
import { resources } from '../api/resources.ts'
import type { Aggregate, Agreement, ChangePage, Figure, Page } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { YearColumns } from '../charts/year-columns.tsx'
import { BarTable } from '../components/bar-table.tsx'
import { ChangeList, withTitle } from '../components/change-list.tsx'
import { DataLinks } from '../components/chart/chart-links.tsx'
import { ClaimsTable } from '../components/claims-table.tsx'
import { CountryMap } from '../components/country-map.tsx'
import { dayOneYearAfter, ExpiringList, NoExpiring } from '../components/expiring-list.tsx'
import { KeyFigure } from '../components/key-figure.tsx'
import { PageHead } from '../components/page-head.tsx'
import { PrintedAsOf } from '../components/printed-as-of.tsx'
import { FailureReason } from '../components/service-text.tsx'
import { Loaded, Widget } from '../components/widget.tsx'
import { useLanguage } from '../i18n/language.ts'

/** The overview of the registry. */
export function OverviewView() {
  const { t } = useLanguage()
  return (
    <>
      <PageHead title={t('overview.title')} actions={<DataLinks view="overview" />}>
        <p>{t('app.tagline')}</p>
        <PrintedAsOf />
      </PageHead>
      <dl class="key-figures" aria-label={t('overview.holds')}>
        {overviewResources(resources).map(({ name }) => (
          <RecordCount key={name} resource={name} />
        ))}
      </dl>
      <div class="grid">
        <Years />
        <Widget title={t('overview.map')} caption={t('overview.mapCaption')} wide>
          <CountryMap caption={t('overview.mapCaption')} />
        </Widget>
        <TopCountries />
        <LatestChanges />
        <ExpiringAgreements />
        <Claims />
      </div>
    </>
  )
}

/** The number of records of a resource, as a link to them. */
function RecordCount({ resource }: { resource: string }) {
  const { number, t, resourceLabel } = useLanguage()
  const { body, error, retry } = useApi<Page<unknown>>(countPath(resource))
  const count = body?.page.total?.count
  return (
    <KeyFigure label={resourceLabel(resource)}>
      {error && !isRetryable(error) ? (
        <span class="small">
          <FailureReason error={error} />
        </span>
      ) : error ? (
        <button type="button" onClick={retry}>
          {t('state.retry')}
        </button>
      ) : (
        <Link href={`/explore/${resource}`}>{count === undefined ? '…' : number(count)}</Link>
      )}
    </KeyFigure>
  )
}

/** Agreements by the year of their signature. */
function Years() {
  const { t } = useLanguage()
  const title = t('overview.byYear')
  const caption = t('overview.byYearCaption')
  const state = useApi<Aggregate>(overviewGroups.signedYear)
  return (
    <Widget title={title} caption={caption} wide>
      <Loaded state={state} height="14.72rem">
        {({ data }) =>
          data.length === 0 ? (
            <p class="empty">{t('list.none')}</p>
          ) : (
            <YearColumns
              caption={caption}
              heading={title}
              years={toYearBars(data, 'signedYear', t('value.unknown'))}
            />
          )
        }
      </Loaded>
    </Widget>
  )
}

/** Maximum number of entries in the lists of latest changes and of expiring agreements. */
const maxEntries = 8

/** Maximum number of countries in the list. The map shows more. */
const maxCountries = 10

function TopCountries() {
  const { t, resourceLabel } = useLanguage()
  const state = useApi<Aggregate>(overviewGroups.country)
  return (
    <Widget title={t('overview.topCountries')} caption={t('overview.topCountriesCaption')}>
      <Loaded state={state} height="22rem">
        {({ data }) => (
          <BarTable
            caption={t('overview.topCountries')}
            heading={resourceLabel('countries')}
            bars={toBars(data.slice(0, maxCountries), 'country', t('value.unknown'), {
              toPath: countryPath,
            })}
          />
        )}
      </Loaded>
    </Widget>
  )
}

/** The resources whose changes are listed: all except citations, since one import can write hundreds of them. */
const listedResources = resources.map(({ name }) => name).filter((name) => name !== 'citations')

function LatestChanges() {
  const { t, tag } = useLanguage()
  const state = useApi<ChangePage>(
    withQuery('/v1/changes', { resource: listedResources, order: 'desc', limit: maxEntries }),
  )
  return (
    <Widget title={t('overview.changes')}>
      <Loaded state={state} height="22rem">
        {({ data }) => <ChangeList changes={data.map((change) => withTitle(change, tag))} />}
      </Loaded>
    </Widget>
  )
}

/** The agreements in force that may expire within a year. The page of a country has the same list for the country. */
function ExpiringAgreements() {
  const { t } = useLanguage()
  const from = new Date().toISOString().slice(0, 10)
  const to = dayOneYearAfter(from)
  const filters = { inForceOn: from, 'expiresOn[lte]': to, sort: 'expiresOn' }
  const state = useApi<Page<Agreement>>(
    withQuery('/v1/agreements', {
      ...filters,
      limit: maxEntries,
      fields: 'id,title,alternativeTitles,expiresOn,visibility',
      count: 'exact',
    }),
  )
  return (
    <Widget title={t('overview.expiring')}>
      <Loaded state={state}>
        {({ data, page }) =>
          data.length === 0 ? (
            <NoExpiring from={from} to={to} />
          ) : (
            <ExpiringList
              agreements={data}
              count={page.total?.count ?? 0}
              list={withQuery('/v1/agreements', filters)}
            />
          )
        }
      </Loaded>
    </Widget>
  )
}

/** Maximum number of figures in the table of claims. */
const maxClaims = 50

function Claims() {
  const { t } = useLanguage()
  const state = useApi<Page<Figure>>(
    withQuery('/v1/figures', { limit: maxClaims, sort: 'indicator', include: 'recorded' }),
  )
  return (
    <Widget title={t('overview.claims')} caption={t('overview.claimsCaption')} wide>
      <Loaded state={state} height="24rem">
        {({ data, page }) =>
          data.length === 0 ? (
            <p class="empty">{t('list.none')}</p>
          ) : (
            <>
              <ClaimsTable caption={t('overview.claims')} claims={data} />
              {page.next !== null && (
                <p class="small">
                  <Link class="target" href="/explore/figures?sort=indicator">
                    {t('country.allFigures')}
                  </Link>
                </p>
              )}
            </>
          )
        }
      </Loaded>
    </Widget>
  )
}
