import { useSyncExternalStore } from 'preact/compat'
import type { Actor } from './api/types.ts'
import { isEmbedded } from './embed.ts'

/** The actor who has signed in, and the key that all requests send. */
export interface Session {
  key: string
  actor: Actor
}

/** The reason why the last session ended: the user signed out, or the service refused the key. */
export type SessionEndReason = 'signedOut' | 'refused'

interface State {
  session?: Session | undefined
  endReason?: SessionEndReason | undefined
  /** Counts sign-ins, ends of sessions, and times at which data may have changed: each makes earlier responses outdated. */
  dataVersion: number
}

const storageKey = 'session'

/** Reads the stored session, which an older version of the dashboard may have written. Embedded views have no session. */
function readStored(): Session | undefined {
  if (isEmbedded) return undefined
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? 'null')
    return isSession(stored) ? stored : undefined
  } catch {
    return undefined
  }
}

const isSession = (value: unknown): value is Session =>
  typeof value === 'object' && value !== null && 'key' in value && 'actor' in value

let state: State = { session: readStored(), dataVersion: 0 }
const listeners = new Set<() => void>()

function change(next: Partial<State>): void {
  state = { ...state, ...next, dataVersion: state.dataVersion + 1 }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Stores the session, or deletes the stored one. Browsers that block storage keep the session only in memory. */
function store(session: Session | undefined): void {
  try {
    if (session) sessionStorage.setItem(storageKey, JSON.stringify(session))
    else sessionStorage.removeItem(storageKey)
  } catch {
    // The session ends with the page.
  }
}

/**
 * Starts a session. The key is never in a URL, in a cookie, or in storage that other tabs share.
 * @param isStored whether the session is also stored in the session storage of the tab, so that it survives a reload. If not, a
 * session that was stored earlier is deleted.
 */
export function startSession(session: Session, isStored: boolean): void {
  store(isStored ? session : undefined)
  change({ session, endReason: undefined })
}

/** Ends the session, and deletes the key from the browser. */
export function endSession(endReason: SessionEndReason): void {
  store(undefined)
  change({ session: undefined, endReason })
}

/**
 * Takes the session that the tab stores now, and makes all views read their data again. For a page that the browser has kept since
 * the user left it: the user may have signed out on a later page. A session that only the page had in memory ends.
 */
export function readSessionAgain(): void {
  const session = readStored()
  if (session?.key === state.session?.key) refetchViews()
  else change({ session, endReason: session ? undefined : 'signedOut' })
}

/** Makes all views read their data again, since it may have changed. */
export const refetchViews = (): void => change({})

/** Returns the key that requests send; undefined without a session. */
export const currentKey = (): string | undefined => state.session?.key

const useStore = (): State => useSyncExternalStore(subscribe, () => state)

/** Returns the session, if there is one, otherwise the reason why the last session ended. */
export const useSession = (): Pick<State, 'session' | 'endReason'> => useStore()

/** Returns a number that changes when earlier responses may be outdated. */
export const useDataVersion = (): number => useStore().dataVersion

/** Returns the name of a signed-in user: that of the key or token, otherwise the subject of the token. */
export const userName = ({ actor: { name, id } }: Session): string => name ?? id ?? ''

/** Returns the rights of the user: `write` for editors and administrators, `administer` for administrators. */
export function useRights(): { write: boolean; administer: boolean } {
  const role = useSession().session?.actor.role
  return { write: role === 'editor' || role === 'admin', administer: role === 'admin' }
}
