import { Option } from 'commander'
import type { ImportJob } from '../features/imports/store.ts'
import { OperationalError } from '../operational-error.ts'
import { askForConfirmation } from './confirm.ts'
import {
  type AddCommand,
  type CommandContext,
  type CreateDatabaseOption,
  createDatabaseOption,
  openAndMigrateDatabase,
  parseFileName,
} from './context.ts'
import { describeImport } from './import-report.ts'

interface ImportOptions extends CreateDatabaseOption {
  dryRun?: boolean
  yes?: boolean
  strict?: boolean
  decisions?: string
  names?: string
  rejected?: string
  missing?: string
  commit?: string
  undo?: string
}

/** Starts, commits or undoes an import, as the options say, and prints its report. */
async function runImportCommand(
  mapping: string,
  files: string[],
  options: ImportOptions,
  context: CommandContext,
): Promise<void> {
  const database = await openAndMigrateDatabase(context, options)
  const { LocalImports } = await import('./local-imports.ts')
  const imports = new LocalImports(database, context)
  const { dryRun = false, yes = false, commit, undo, decisions } = options
  let job: ImportJob
  let isPrinted = false
  if (undo !== undefined) job = await imports.undo(undo)
  else if (commit !== undefined) job = await imports.commit(commit)
  else {
    job = await imports.start({ mapping, files, decisions, autoCommit: yes && !dryRun })
    if (job.state === 'staged' && !dryRun) {
      const committed = await commitIfConfirmed(imports, job, context)
      isPrinted = committed === undefined
      job = committed ?? job
    }
  }
  if (!isPrinted) await context.print(describeImport(job))
  await imports.writeReportFiles(job, options)
  if (job.state === 'failed') throw new OperationalError('the import has failed; its report says why')
  const { refused } = job.counts
  if (options.strict && undo === undefined && refused > 0)
    throw new OperationalError(`${refused} ${refused === 1 ? 'row was' : 'rows were'} refused (--strict)`)
}

/** The options that cannot be used with `--commit` and `--undo`, since they decide how a new import runs. */
const newImportOptions = ['dryRun', 'yes', 'decisions']

/** Prints the report of a staged import, and commits the import if the user confirms. @returns undefined if not confirmed. */
async function commitIfConfirmed(
  imports: { commit(id: string): Promise<ImportJob> },
  job: ImportJob,
  context: CommandContext,
): Promise<ImportJob | undefined> {
  await context.print(describeImport(job))
  if (await askForConfirmation('Commit?')) return imports.commit(job.id)
  context.printNote(`No record has been written yet. To commit: entente import --commit ${job.id}`)
  return undefined
}

/** `entente import` imports a file with a mapping, or commits or undoes an earlier import. */
export const addImport: AddCommand = (program, context) => {
  program
    .command('import')
    .description('import a file with a mapping: dry run, report, commit; or undo an import')
    .argument('[mapping]', 'the mapping: a YAML or JSON file, or iati for IATI activity files')
    .argument('[files...]', 'the file with the rows, and then the files that the mapping names')
    .option('--dry-run', 'check everything and write no records')
    .option('--yes', 'commit immediately, without a dry run and without asking')
    .option('--decisions <file>', 'read the CSV file of --names, with the decisions filled in')
    .option('--names <file>', 'write the unresolved names to this CSV file', parseFileName)
    .option('--rejected <file>', 'write the refused rows with the reasons to this CSV file', parseFileName)
    .option(
      '--missing <file>',
      'write missing records, which only earlier files had, to this CSV file',
      parseFileName,
    )
    .addOption(
      new Option(
        '--commit <id>',
        'commit an import after its dry run, or continue an interrupted commit',
      ).conflicts(newImportOptions),
    )
    .addOption(
      new Option('--undo <id>', 'undo the changes of an import').conflicts(['commit', ...newImportOptions]),
    )
    .option('--strict', 'exit with code 1 if rows were refused')
    .addOption(createDatabaseOption())
    .action(async (mapping = '', files: string[], options: ImportOptions) => {
      const id = options.commit ?? options.undo
      if (id === undefined && (mapping === '' || files.length === 0))
        throw new OperationalError("a mapping and a file are needed: 'entente import MAPPING FILE'")
      if (id !== undefined && mapping !== '')
        throw new OperationalError(
          `'${mapping}' cannot be used with the import ${id}: --commit and --undo take an id, and no mapping or file`,
        )
      await runImportCommand(mapping, files, options, context)
    })
}
