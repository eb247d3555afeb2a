// A process that opens an embedded database, says where, and holds it until it is killed.
import { openEmbeddedDatabase } from '../../src/database/embedded/index.ts'

const { url } = await openEmbeddedDatabase(process.argv[2] ?? '')
console.log(url)
setInterval(() => {}, 60_000)
