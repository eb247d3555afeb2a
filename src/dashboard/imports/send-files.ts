import { ApiError, sendRequest } from '../api/client.ts'

async function countBytes(part: Blob): Promise<number> {
  const reader = part.stream().getReader()
  let count = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return count
    count += value.byteLength
  }
}

/**
 * Whether a part of a body is as the user chose it. If a file has changed since, Chromium and Safari cannot read it, and Firefox
 * reads its new content.
 */
const isUnchanged = async (part: FormDataEntryValue): Promise<boolean> =>
  typeof part === 'string' ||
  countBytes(part).then(
    (count) => count === part.size,
    () => false,
  )

async function requireUnchanged(body: FormData): Promise<void> {
  if ((await Promise.all([...body.values()].map(isUnchanged))).includes(false)) throw changedFile()
}

/**
 * Sends a request with files in its body, after a check that the files have not changed. Without the check, Safari would send an empty
 * file for a removed one. Firefox would send as many bytes as the file had when it was chosen, and wait if the file now has fewer.
 * @throws ApiError like `sendRequest`; of the type `changed-file` if a file has changed since the user chose it.
 */
export async function sendFiles(
  path: string,
  init: Parameters<typeof sendRequest>[1] & { body: FormData },
): Promise<Response> {
  await requireUnchanged(init.body)
  try {
    return await sendRequest(path, init)
  } catch (error) {
    await requireUnchanged(init.body)
    throw error
  }
}

const changedFile = () => new ApiError(422, '', { type: 'changed-file' })

/** Reads a chosen file as text. @throws ApiError of the type `changed-file` if the browser cannot read the file. */
export const readText = (file: File): Promise<string> =>
  file.text().catch(() => {
    throw changedFile()
  })
