// A process that opens an embedded database, prints its URL, and keeps it open until the process is killed.
import { openEmbeddedDatabase } from '../../src/database/embedded/index.ts'

const { url } = await openEmbeddedDatabase(process.argv[2] ?? '')
console.log(url)
setInterval(() => {}, 60_000)
