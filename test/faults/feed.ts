import { z } from 'zod'

const change = z.looseObject({
  position: z.string(),
  resource: z.string(),
  key: z.string(),
  version: z.number(),
  operation: z.string(),
  document: z.unknown(),
})

/** A change as the feed tells it. */
export type Change = z.output<typeof change>

const page = z.looseObject({
  data: z.array(change),
  page: z.looseObject({ after: z.string().nullable(), more: z.boolean() }),
})

/** The position of the feed after the last change so far; empty before the first. */
export async function feedEnd(origin: string): Promise<string> {
  const answer = await fetch(`${origin}/v1/changes?limit=1&order=desc`)
  return page.parse(await answer.json()).data[0]?.position ?? ''
}

/** The changes of a resource, from a position on, or from the first one. */
export async function readFeed(origin: string, resource: string, start = ''): Promise<Change[]> {
  const found: Change[] = []
  for (let after = start, more = true; more; ) {
    const answer = await fetch(
      `${origin}/v1/changes?limit=500&resource=${resource}${after && `&after=${after}`}`,
    )
    const read = page.parse(await answer.json())
    found.push(...read.data)
    after = read.page.after ?? ''
    more = read.page.more
  }
  return found
}
