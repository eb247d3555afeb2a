import { ApiError, sendRequest } from '../api/client.ts'

type Signal = AbortSignal | null | undefined

/** Returns the number of bytes that can be read, or of those read before `signal` aborts. @throws if reading fails. */
async function countBytes(part: Blob, signal: Signal): Promise<number> {
  const reader = part.stream().getReader()
  let count = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return count
    count += value.byteLength
    if (signal?.aborted) {
      await reader.cancel()
      return count
    }
  }
}

/**
 * Whether a part of a body is as the user chose it. If a file has changed since, Chromium and Safari cannot read it. Firefox reads
 * its new content, so there the change is noticed only if the number of bytes differs.
 */
const isUnchanged = async (part: FormDataEntryValue, signal: Signal): Promise<boolean> =>
  typeof part === 'string' ||
  countBytes(part, signal).then(
    (count) => count === part.size,
    () => false,
  )

async function requireUnchanged(body: FormData, signal: Signal): Promise<void> {
  const unchanged = await Promise.all([...body.values()].map((part) => isUnchanged(part, signal)))
  signal?.throwIfAborted()
  if (unchanged.includes(false)) throw changedFile()
}

/**
 * Sends a request with files in its body, after a check that the files have not changed. Without the check, Safari would send an empty
 * file for a removed one. Firefox would send as many bytes as the file had when it was chosen, and wait if the file now has fewer.
 * @throws ApiError like `sendRequest`; of the type `changed-file` if the check finds a changed file; the reason of an aborted
 * `init.signal`.
 */
export async function sendFiles(
  path: string,
  init: Parameters<typeof sendRequest>[1] & { body: FormData },
): Promise<Response> {
  await requireUnchanged(init.body, init.signal)
  try {
    return await sendRequest(path, init)
  } catch (error) {
    await requireUnchanged(init.body, init.signal)
    throw error
  }
}

const changedFile = () => new ApiError(422, '', { type: 'changed-file' })

/** Reads a chosen file as text. @throws ApiError of the type `changed-file` if the browser cannot read the file. */
export const readText = (file: File): Promise<string> =>
  file.text().catch(() => {
    throw changedFile()
  })
