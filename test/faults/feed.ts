import { z } from 'zod'

const change = z.looseObject({
  position: z.string(),
  resource: z.string(),
  key: z.string(),
  version: z.number(),
  operation: z.string(),
  document: z.unknown(),
})

/** A change in the feed. */
export type Change = z.output<typeof change>

const page = z.looseObject({
  data: z.array(change),
  page: z.looseObject({ after: z.string().nullable(), more: z.boolean() }),
})

/** Returns the position of the last change; empty if there is none. */
export async function feedEnd(origin: string): Promise<string> {
  const response = await fetch(`${origin}/v1/changes?limit=1&order=desc`)
  return page.parse(await response.json()).data[0]?.position ?? ''
}

/** Reads the changes of a resource after a position, by default all changes. */
export async function readFeed(origin: string, resource: string, start = ''): Promise<Change[]> {
  const found: Change[] = []
  for (let after = start, more = true; more; ) {
    const response = await fetch(
      `${origin}/v1/changes?limit=500&resource=${resource}${after && `&after=${after}`}`,
    )
    const read = page.parse(await response.json())
    found.push(...read.data)
    after = read.page.after ?? ''
    more = read.page.more
  }
  return found
}
