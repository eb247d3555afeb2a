import type { Owner } from '../../src/database/shares/work.ts'

/** Returns the owner of the work of an anonymous client that is alone in its group: the group has the name of the client. */
export const anonymousOwner = (name: string): Owner => ['anonymous', name, name]
