import { hash } from 'node:crypto'
import type { Transaction } from '../../database/database.ts'
import { recordId } from '../../model/keys.ts'
import type { Registry } from '../../model/registry.ts'
import type { Document } from '../../operations/writing/documents.ts'
import { checkDocument } from '../../operations/writing/validation.ts'
import { foldName } from '../names/fold.ts'
import { type MentionedOrganization, organizationDocument } from '../names/organizations.ts'
import { maxNameLength } from '../names/types.ts'
import { mentionName } from './mentions.ts'
import { tryCheck } from './plan.ts'
import type { Mention } from './types.ts'

/** The organizations and topics that an import creates for names. */

/** Returns the organization to create for a mention. @param country the key of its country. */
export function newOrganization(mention: Mention, country: string | undefined): MentionedOrganization {
  const { code, scheme } = mention
  return {
    name: mentionName(mention),
    country,
    ...(code !== undefined && scheme === 'ror' && { ror: code }),
    ...(code !== undefined &&
      scheme !== undefined &&
      scheme !== 'ror' && { externalId: { scheme, id: code } }),
  }
}

/** Returns the topic to create for a mention. */
export const newTopic = (mention: Mention, slug: string): Document => ({
  slug,
  name: mentionName(mention),
  scheme: mention.scheme,
})

/**
 * Whether a record can be created for a mention: its document is valid, and its name has letters or digits, by which it is
 * found later, and is not too long.
 * @param country the key of its country.
 */
export function isCreatable(registry: Registry, mention: Mention, country: string | undefined): boolean {
  if (mentionName(mention).length > maxNameLength) return false
  const document =
    mention.resource === 'topics'
      ? newTopic(mention, uniqueSlug(mention))
      : organizationDocument(newOrganization(mention, country))
  const checked = tryCheck(document, () => checkDocument(registry.get(mention.resource), document))
  return 'result' in checked && foldName(mentionName(mention)) !== ''
}

/** Returns what identifies a created topic: its scheme, and its name without case, accents and punctuation (`foldName`). */
export const topicIdentity = (mention: Mention): string =>
  `${mention.scheme ?? ''} ${foldName(mentionName(mention))}`

const toSlug = (text: string): string =>
  foldName(text)
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 80)
    .replaceAll(/^-+|-+$/g, '')

/** Returns a slug that no topic with another name or scheme gets: the slug ends with a hash of name and scheme. */
export const uniqueSlug = (mention: Mention): string =>
  `${toSlug(mentionName(mention)) || 'topic'}-${hash('sha1', topicIdentity(mention), 'hex').slice(0, 10)}`

/**
 * Returns the short slugs for a topic, the best first: of the name, and of scheme and name. Different topics may have the same
 * short slug, since it keeps only the Latin letters and digits of the name.
 */
function shortSlugs(mention: Mention): string[] {
  const slug = toSlug(mentionName(mention))
  if (slug === '') return []
  return mention.scheme === undefined ? [slug] : [slug, toSlug(`${mention.scheme} ${slug}`)]
}

/**
 * Chooses the slugs of the topics to create for mentions: for each, the first short slug that no record has and that no other
 * of these topics was given, otherwise the slug with a hash (`uniqueSlug`).
 * @returns the slugs by the identities of the topics.
 */
export async function chooseSlugs(
  tx: Transaction,
  registry: Registry,
  mentions: readonly Mention[],
): Promise<Map<string, string>> {
  const resource = registry.get('topics')
  const topics = new Map(mentions.map((mention) => [topicIdentity(mention), mention]))
  const ids = [...topics.values()].flatMap(shortSlugs).map((slug) => recordId(resource, slug))
  const rows = await tx.query<{ key: string }>({
    text: 'select key from records where id = any($1::uuid[])',
    values: [ids],
  })
  const taken = new Set(rows.map(({ key }) => key))
  const chosen = new Map<string, string>()
  for (const [identity, mention] of topics) {
    const slug = shortSlugs(mention).find((short) => !taken.has(short)) ?? uniqueSlug(mention)
    taken.add(slug)
    chosen.set(identity, slug)
  }
  return chosen
}
