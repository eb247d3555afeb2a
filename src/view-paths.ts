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
} as const

export type ViewName = keyof typeof viewPaths
