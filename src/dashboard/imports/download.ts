import { sendRequest } from '../api/client.ts'

/**
 * Saves a file that only those with a key may read: a link would not send it.
 * @throws ApiError when the service refuses.
 */
export async function download(path: string, name: string): Promise<void> {
  const response = await sendRequest(path, {})
  const url = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
