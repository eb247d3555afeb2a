import { ApiError } from './client.ts'

/** The file name that a response suggests (`Content-Disposition`, RFC 6266), as far as it is written in ASCII. */
function suggestedName(response: Response): string | undefined {
  const disposition = response.headers.get('content-disposition') ?? ''
  return /filename="([^"]+)"/.exec(disposition)?.[1]
}

/**
 * Saves the body of a response as a file. The browser collects the body, large ones on disk, so no script holds it.
 * @param name of the file, if the response suggests none.
 * @throws ApiError when the body is incomplete. Then nothing is saved, since half of a table looks like a whole one.
 */
export async function saveFile(response: Response, name: string): Promise<void> {
  const body = await response.blob().catch(() => {
    throw new ApiError(0, '')
  })
  const address = URL.createObjectURL(body)
  const link = Object.assign(document.createElement('a'), {
    href: address,
    download: suggestedName(response) ?? name,
  })
  link.click()
  // A browser may begin to read the file after the click.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
