import { useRef } from 'preact/hooks'
import { type Session, useSession } from '../session.ts'

/**
 * Returns a value or, while it is undefined, its last value in the current session. A value of an earlier session is not returned: it
 * may belong to an internal record, which must not stay visible after the user has signed out.
 */
export function useLastOfSession<Value>(value: Value | undefined): Value | undefined {
  const { session } = useSession()
  const last = useRef<{ session: Session | undefined; value: Value }>()
  if (value !== undefined) last.current = { session, value }
  return last.current?.session === session ? last.current?.value : undefined
}
