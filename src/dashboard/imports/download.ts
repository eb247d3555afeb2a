import { sendRequest } from '../api/client.ts'
import { saveFile } from '../api/save-file.ts'

/**
 * Saves a file that requires a key, which a link cannot send.
 * @throws ApiError for an error response, and when the response is missing or incomplete.
 */
export const download = async (path: string, name: string): Promise<void> =>
  saveFile(await sendRequest(path, {}), name)
