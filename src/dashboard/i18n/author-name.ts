import type { Author } from '../api/types.ts'
import type { Language } from './language.ts'

/** Returns the name of the author of a change; for an author without a name, its kind, such as "the command line". */
export const authorName = ({ tOr }: Language, { kind, name }: Pick<Author, 'kind' | 'name'>): string =>
  name ?? tOr(`actor.${kind}`, kind)
