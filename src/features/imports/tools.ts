import type { LocalFile } from './files.ts'
import type { OnEdited } from './plan.ts'
import type { SourceProperties } from './source.ts'
import type { RowSource } from './stage.ts'

/** What the mapping of an import says about it as a whole. */
export interface ImportSettings {
  scheme: string
  onEdited: OnEdited
  source: SourceProperties
  /** What becomes of a name that stands for no record. */
  onUnresolved: 'refuse' | 'drop'
}

/** How files are read and converted. */
export interface ImportTools {
  /** Reads a mapping. @throws Problem `invalid-body` with every fault of it. */
  readSettings(mapping: string): ImportSettings
  /** Opens files, of which the first has the rows. @throws Problem when they cannot be read as the mapping says. */
  openRows(mapping: string, files: readonly LocalFile[], signal: AbortSignal): Promise<RowSource>
}
