import { useSyncExternalStore } from 'preact/compat'
import type { Actor } from './api/types.ts'
import { isEmbedded } from './embed.ts'

/** Who has signed in, with the key that every request then sends. */
export interface Session {
  key: string
  actor: Actor
}

/** Why there is no session any more: the reader has ended it, or the service has refused its key. */
export type SessionEnd = 'signedOut' | 'refused'

interface State {
  session?: Session | undefined
  end?: SessionEnd | undefined
  /** Counts what makes responses that were read before worthless: sign-ins, sign-outs and writes. */
  epoch: number
}

const storageKey = 'session'

/** What the tab remembers. Nobody else writes it, but an older dashboard may have. A view in a frame is read-only. */
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

let state: State = { session: readStored(), epoch: 0 }
const listeners = new Set<() => void>()

function change(next: Partial<State>): void {
  state = { ...state, ...next, epoch: state.epoch + 1 }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/**
 * Starts a session. The key is in memory, and in the session storage of the tab if it is to outlast a reload; it is never in
 * a URL, a cookie or another tab.
 */
export function startSession(session: Session, isKept: boolean): void {
  if (isKept) sessionStorage.setItem(storageKey, JSON.stringify(session))
  change({ session, end: undefined })
}

/** Forgets the key. */
export function endSession(end: SessionEnd): void {
  sessionStorage.removeItem(storageKey)
  change({ session: undefined, end })
}

/** Tells every view that what it shows may have changed: it reads again. */
export const noteWrite = (): void => change({})

/** The key that requests send; undefined without a session. */
export const currentKey = (): string | undefined => state.session?.key

const useStore = (): State => useSyncExternalStore(subscribe, () => state)

/** The session, if there is one, and otherwise why the last one has ended. */
export const useSession = (): Pick<State, 'session' | 'end'> => useStore()

/** A number that changes when responses that were read before may be worthless. */
export const useEpoch = (): number => useStore().epoch

/** What the reader may do: `write` takes an editor, `administer` an administrator. */
export function useRights(): { write: boolean; administer: boolean } {
  const role = useSession().session?.actor.role
  return { write: role === 'editor' || role === 'admin', administer: role === 'admin' }
}
