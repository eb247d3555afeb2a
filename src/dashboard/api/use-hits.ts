import type { Hit } from '../components/hit-details.tsx'
import { readApi } from './client.ts'
import { nameIn, readTitles } from './names.ts'
import type { HitPage } from './types.ts'
import { type ApiState, useRead } from './use-read.ts'

/** Replaces the title of a hit by its title in the language of the page. The replaced title may be the name that matches. */
const withTitle = (hit: Hit, title: string | undefined): Hit =>
  title === undefined || title === hit.title
    ? hit
    : { ...hit, title, matched: hit.matched === title ? null : (hit.matched ?? hit.title) }

/**
 * Reads the titles of hits of a search in a language, and returns the hits with these titles.
 * @throws the reason of an aborted signal.
 */
export async function withTitles(
  hits: readonly Hit[],
  language: string,
  signal: AbortSignal,
): Promise<Hit[]> {
  const titles = await readTitles(hits, language, signal)
  return hits.map((hit) => withTitle(hit, nameIn(titles, hit.resource, hit.key)))
}

async function readHits(path: string, language: string, signal: AbortSignal): Promise<HitPage> {
  const page = await readApi<HitPage>(path, language, signal)
  return { ...page, data: await withTitles(page.data, language, signal) }
}

/**
 * Reads the hits of a search. The service sends the same titles in every language, so those in the language of the page are read
 * afterwards.
 * @param path the path of the search in the API. If it is null, the hook sends no request.
 */
export const useHits = (path: string | null): ApiState<HitPage> =>
  // Reads with the same name share their results, so this name differs from that of a read without titles.
  useRead(path === null ? null : `${path}, titles`, (language, signal) =>
    readHits(path ?? '', language, signal),
  )
