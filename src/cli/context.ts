import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Database } from '../database/database.ts'
import { type Lifecycle, openDatabase } from '../database/open.ts'
import { OperationalError } from '../operational-error.ts'
import type { Config } from '../server/config.ts'
import type { PrintOptions } from './output.ts'

/** The functions that a command gets from the process. */
export interface CommandContext extends Lifecycle {
  /** Reads the configuration. @throws OperationalError that names every invalid variable. */
  config(): Config
  /** Prints a line to standard output, as `printLine` does. @throws OperationalError if the line cannot be written. */
  print(text: string, options?: PrintOptions): Promise<void>
  /** Prints a line to standard error, so that standard output has only the result. */
  printNote(text: string): void
  /** Marks the command as a service that has started: it runs until the process receives a signal to stop. */
  markServing(): void
}

/** Adds a command, with its arguments and options, to the program. Each command's file exports a function of this type. */
export type AddCommand = (program: Command, context: CommandContext) => void

/** `--create`: lets a command create an embedded database if there is none. */
export const createDatabaseOption = () =>
  new Option('--create', 'make a new embedded database in DATA_DIR when there is none')

/**
 * Opens the configured database for a command, and brings the schema of the database up to date.
 * @param options left out if the command does not have the option `--create`.
 * @throws OperationalError when neither `DATABASE_URL` nor `--create` is given and `DATA_DIR` has no embedded database, when the
 * database cannot be opened, and as `upgradeSchema` does.
 */
export async function openAndMigrateDatabase(
  context: CommandContext,
  options?: { create?: boolean },
): Promise<Database> {
  const config = context.config()
  if (config.DATABASE_URL === undefined && !options?.create)
    await requireEmbeddedDatabase(config.DATA_DIR, options ? ', or make a new one with --create' : '')
  const database = await openDatabase(config, context)
  const { upgradeSchema } = await import('../server/upgrade-schema.ts')
  await upgradeSchema(database)
  return database
}

async function requireEmbeddedDatabase(dataDir: string, otherAdvice: string): Promise<void> {
  const [{ hasCluster }, { resolve }] = await Promise.all([
    import('../database/embedded/cluster.ts'),
    import('node:path'),
  ])
  const folder = resolve(dataDir)
  if (await hasCluster(folder)) return
  throw new OperationalError(
    `there is no database in ${folder} (DATA_DIR): set DATA_DIR or DATABASE_URL to an existing one${otherAdvice}`,
  )
}

/** Parses the value of an option. @throws InvalidArgumentError unless it is a whole number from 1 to 999999999. */
export function parseCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 1 to 999999999.')
}

/** Parses the name of a file to write. @throws InvalidArgumentError for `-`, which other programs take for standard output. */
export function parseFileName(text: string): string {
  if (text !== '-') return text
  throw new InvalidArgumentError('It must be the name of a file: "-" does not mean standard output here.')
}
