import { sendRequest } from '../api/client.ts'
import { saveFile } from '../api/save-file.ts'

/**
 * Saves a file that only those with a key may read: a link would not send it.
 * @throws ApiError when the service refuses.
 */
export const download = async (path: string, name: string): Promise<void> =>
  saveFile(await sendRequest(path, {}), name)
