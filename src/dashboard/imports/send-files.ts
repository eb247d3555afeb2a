import { ApiError, sendRequest } from '../api/client.ts'

/** Whether the browser can still read a part of a body. It cannot read a file that has changed since the user chose it. */
const isReadable = async (part: FormDataEntryValue): Promise<boolean> =>
  typeof part === 'string' ||
  part
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    )

/**
 * Sends a request with files in its body.
 * @throws ApiError like `sendRequest`; of the type `changed-file` if the browser could not read a file.
 */
export async function sendFiles(
  path: string,
  init: Parameters<typeof sendRequest>[1] & { body: FormData },
): Promise<Response> {
  try {
    return await sendRequest(path, init)
  } catch (error) {
    if ((await Promise.all([...init.body.values()].map(isReadable))).includes(false)) throw changedFile()
    throw error
  }
}

const changedFile = () => new ApiError(422, '', { type: 'changed-file' })

/** Reads a chosen file as text. @throws ApiError of the type `changed-file` if the browser cannot read the file. */
export const readText = (file: File): Promise<string> =>
  file.text().catch(() => {
    throw changedFile()
  })
