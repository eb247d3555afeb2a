/** The paths of the dashboard's views, in the notation of the router. The server sends the dashboard's page for each. */
export const viewPaths = {
  overview: '/',
  search: '/search',
  changes: '/changes',
  map: '/map',
  timeline: '/timeline',
  network: '/network',
  compare: '/compare',
  country: '/countries/:code',
  explore: '/explore/:resource',
  record: '/records/:resource/:key',
  edit: '/records/:resource/:key/edit',
  merge: '/records/:resource/:key/merge',
  redact: '/records/:resource/:key/redact',
  duplicates: '/duplicates/:resource',
  create: '/new/:resource',
  signIn: '/sign-in',
  administration: '/administration',
  imports: '/imports',
  newImport: '/imports/new',
  import: '/imports/:id',
} as const

/** The views with forms for keys and changes. No page may show them in a frame. */
export const unframedViews: readonly string[] = [
  'edit',
  'merge',
  'redact',
  'duplicates',
  'create',
  'signIn',
  'administration',
  'imports',
  'newImport',
  'import',
]
