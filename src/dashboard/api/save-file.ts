import { ApiError } from './client.ts'

/** Returns the ASCII file name that a response suggests (`filename` of `Content-Disposition`, RFC 6266), if there is one. */
function suggestedName(response: Response): string | undefined {
  const disposition = response.headers.get('content-disposition') ?? ''
  return /filename="([^"]+)"/.exec(disposition)?.[1]
}

/**
 * Saves the body of a response as a file. The body becomes a blob, which browsers can store on disk when it is large.
 * @param name file name, used if the response suggests none.
 * @throws ApiError when the body is incomplete. Then no file is saved, since a truncated table looks complete.
 */
export async function saveFile(response: Response, name: string): Promise<void> {
  const body = await response.blob().catch(() => {
    throw new ApiError(0, '')
  })
  const url = URL.createObjectURL(body)
  const link = Object.assign(document.createElement('a'), {
    href: url,
    download: suggestedName(response) ?? name,
  })
  link.click()
  // The browser may start to read the blob after `click` has returned.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
