import type { ComponentChildren } from 'preact'
import { Suspense } from 'preact/compat'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { Link, Redirect, Route, Router, Switch, useLocation } from 'wouter-preact'
import { useSearch } from 'wouter-preact/use-browser-location'
import { viewPaths } from '../view-paths.ts'
import { resources, resourcesWithParticipants } from './api/resources.ts'
import { DialogContext } from './components/dialog-context.ts'
import { loadLazily, loadView } from './components/load-lazily.tsx'
import { NotFound } from './components/not-found.tsx'
import { SearchBox } from './components/search-box.tsx'
import { SessionMenu } from './components/session-menu.tsx'
import { embeddedHref, isEmbedded, unframedUrl, useEmbeddedLocation } from './embed.ts'
import { LabelsContext, useVocabularyLabels } from './i18n/labels.ts'
import { createLanguage, LanguageContext, selectLanguage, useLanguage } from './i18n/language.ts'
import { useScrollAndFocusReset } from './scroll-and-focus.ts'
import { useSession } from './session.ts'
import { changeParameters, useParameters, withoutEmptyParameters } from './use-parameters.ts'
import { useRestoredPages } from './use-restored-pages.ts'
import { ChangesView } from './views/changes.tsx'
import { CountryView } from './views/country.tsx'
import { OverviewView } from './views/overview.tsx'
import { SearchView } from './views/search.tsx'

const ExploreView = loadView(() => import('./views/explore.tsx'))
const MapView = loadView(() => import('./views/map.tsx'))
const TimelineView = loadView(() => import('./views/timeline.tsx'))
const NetworkView = loadView(() => import('./views/network.tsx'))
const CompareView = loadView(() => import('./views/compare.tsx'))
const RecordView = loadView(() => import('./views/record.tsx'))
const EditView = loadView(() => import('./views/edit.tsx'))
const MergeView = loadView(() => import('./views/merge.tsx'))
const DuplicatesView = loadView(() => import('./views/duplicates.tsx'))
const RedactView = loadView(() => import('./views/redact.tsx'))
const SignInView = loadView(() => import('./views/sign-in.tsx'))
const AdministrationView = loadView(() => import('./views/administration.tsx'))
const ImportsView = loadView(() => import('./views/imports.tsx'))
const NewImportView = loadView(() => import('./views/new-import.tsx'))
const ImportView = loadView(() => import('./views/import.tsx'))

const SessionNotice = loadLazily(() => import('./components/session-notice.tsx'))

/** The resources that the header links to. The footer links to the others. */
const navigationResources = [...resourcesWithParticipants.map(({ name }) => name), 'countries']
const footerResources = resources
  .map(({ name }) => name)
  .filter((name) => !navigationResources.includes(name))

function Navigation() {
  const { t, resourceLabel } = useLanguage()
  const [location] = useLocation()
  const item = (path: string, text: string) => (
    <Link key={path} href={path} aria-current={location === path ? 'page' : undefined}>
      {text}
    </Link>
  )
  return (
    <nav class="nav" aria-label={t('nav.main')}>
      {item(viewPaths.overview, t('nav.overview'))}
      {navigationResources.map((name) => item(`/explore/${name}`, resourceLabel(name)))}
      {item(viewPaths.map, t('nav.map'))}
      {item(viewPaths.timeline, t('nav.timeline'))}
      {item(viewPaths.network, t('nav.network'))}
      {item(viewPaths.compare, t('nav.compare'))}
      {item(viewPaths.changes, t('nav.changes'))}
    </nav>
  )
}

/** A link to the same view in the other language, with the language in the URL. */
function LanguageSwitch() {
  const { tag, t } = useLanguage()
  const [location] = useLocation()
  const [parameters] = useParameters()
  const lang = tag === 'en' ? 'zh' : 'en'
  return (
    <Link
      class="button"
      href={`${location}${changeParameters(parameters, { lang })}`}
      // Keeps the state, which says from which view the user came to the sign-in view.
      state={history.state}
      aria-label={t('app.languageLabel')}
    >
      {t('app.language')}
    </Link>
  )
}

function Views() {
  const { t } = useLanguage()
  const search = useSearch()
  const kept = withoutEmptyParameters(search)
  // The API refuses a filter without a value. Views show the records without this filter, so their URLs must not have it.
  if (kept !== search) return <Redirect to={`${location.pathname}${kept}${location.hash}`} replace />
  return (
    <Suspense fallback={<p class="soft">{t('state.loading')}</p>}>
      <Switch>
        <Route path={viewPaths.overview}>
          <OverviewView />
        </Route>
        <Route path={viewPaths.search}>
          <SearchView />
        </Route>
        <Route path={viewPaths.changes}>
          <ChangesView />
        </Route>
        <Route path={viewPaths.map}>
          <MapView />
        </Route>
        <Route path={viewPaths.timeline}>
          <TimelineView />
        </Route>
        <Route path={viewPaths.network}>
          <NetworkView />
        </Route>
        <Route path={viewPaths.compare}>
          <CompareView />
        </Route>
        <Route path={viewPaths.country}>
          {({ code }) =>
            code === code.toUpperCase() ? (
              <CountryView key={code} code={code} />
            ) : (
              <Redirect
                to={`/countries/${encodeURIComponent(code.toUpperCase())}${location.search}${location.hash}`}
                replace
              />
            )
          }
        </Route>
        <Route path={viewPaths.explore}>
          {({ resource }) => <ExploreView key={resource} name={resource} />}
        </Route>
        <Route path={viewPaths.record}>
          {({ resource, key }) => <RecordView key={key} resource={resource} recordKey={key} />}
        </Route>
        <Route path={viewPaths.edit}>
          {({ resource, key }) => <EditView key={key} resource={resource} recordKey={key} />}
        </Route>
        <Route path={viewPaths.merge}>
          {({ resource, key }) => <MergeView key={key} resource={resource} recordKey={key} />}
        </Route>
        <Route path={viewPaths.duplicates}>
          {({ resource }) => <DuplicatesView key={resource} resource={resource} />}
        </Route>
        <Route path={viewPaths.redact}>
          {({ resource, key }) => <RedactView key={key} resource={resource} recordKey={key} />}
        </Route>
        <Route path={viewPaths.create}>
          {({ resource }) => <EditView key={resource} resource={resource} />}
        </Route>
        <Route path={viewPaths.signIn}>
          <SignInView />
        </Route>
        <Route path={viewPaths.administration}>
          <AdministrationView />
        </Route>
        <Route path={viewPaths.imports}>
          <ImportsView />
        </Route>
        <Route path={viewPaths.newImport}>
          <NewImportView />
        </Route>
        <Route path={viewPaths.import}>{({ id }) => <ImportView key={id} id={id} />}</Route>
        <Route>
          <NotFound />
        </Route>
      </Switch>
    </Suspense>
  )
}

/** The dashboard: the page with its navigation or, in a frame of another page, only the view. */
export function App() {
  const search = useSearch()
  const tag = useMemo(() => selectLanguage(search), [search])
  const language = useMemo(() => createLanguage(tag), [tag])
  document.documentElement.lang = tag
  return (
    <LanguageContext.Provider value={language}>
      {isEmbedded ? (
        <Router hook={useEmbeddedLocation} hrefs={embeddedHref}>
          <EmbeddedView />
        </Router>
      ) : (
        <Shell />
      )}
    </LanguageContext.Provider>
  )
}

/** A view in an `iframe` of another site: without the header, and with a link to the full page in the footer. */
function EmbeddedView() {
  const { t } = useLanguage()
  return (
    <LabelsContext.Provider value={useVocabularyLabels()}>
      <div class="shell embedded">
        <main class="main" id="main">
          <Views />
        </main>
        <footer class="footer">
          <div class="footer-inner">
            <a href={unframedUrl()} target="_blank" rel="noreferrer">
              {t('embed.open')}
            </a>
          </div>
        </footer>
      </div>
    </LabelsContext.Provider>
  )
}

/** The whole page: header, view, footer, and the open dialog. */
function Shell() {
  const { t, resourceLabel } = useLanguage()
  const [path] = useLocation()
  const { endReason } = useSession()
  const [dialog, setDialog] = useState<ComponentChildren>()
  useEffect(() => setDialog(undefined), [path])
  useScrollAndFocusReset(path)
  useRestoredPages()
  return (
    <LabelsContext.Provider value={useVocabularyLabels()}>
      <div class="shell">
        <a class="skip button" href="#main">
          {t('app.skip')}
        </a>
        <header class="header">
          <div class="header-inner">
            <Link href={viewPaths.overview} class="brand">
              <img src="/icon.svg" width="28" height="28" alt="" />
              {t('app.name')}
            </Link>
            <Navigation />
            <div class="header-tools">
              <SearchBox />
              <LanguageSwitch />
              <SessionMenu />
            </div>
          </div>
        </header>
        <main class="main" id="main" tabIndex={-1}>
          {endReason === 'refused' && path !== viewPaths.signIn && (
            <Suspense fallback={null}>
              <SessionNotice />
            </Suspense>
          )}
          <DialogContext.Provider value={setDialog}>
            <Views />
            {dialog}
          </DialogContext.Provider>
        </main>
        <footer class="footer">
          <div class="footer-inner">
            <span>{t('app.tagline')}</span>
            {footerResources.map((name) => (
              <Link key={name} href={`/explore/${name}`}>
                {resourceLabel(name)}
              </Link>
            ))}
            <a href="/docs">{t('app.api')}</a>
          </div>
        </footer>
      </div>
    </LabelsContext.Provider>
  )
}
