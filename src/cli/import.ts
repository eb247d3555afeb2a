import { Option } from 'commander'
import type { ImportJob } from '../features/imports/store.ts'
import { OperationalError } from '../operational-error.ts'
import { askForConfirmation } from './confirm.ts'
import {
  type AddCommand,
  type CommandContext,
  createDatabaseOption,
  openAndMigrateDatabase,
  parseFileName,
} from './context.ts'
import { describeImport } from './import-report.ts'
import type { LocalImports } from './local-imports.ts'
import { checkReportFiles } from './report-files.ts'

interface ImportOptions {
  dryRun?: boolean
  yes?: boolean
  strict?: boolean
  decisions?: string
  names?: string
  rejected?: string
  missing?: string
  commit?: string
  undo?: string
  create?: boolean
}

/** Prints the report of an import when the import has ended its step. @returns the import. */
async function printReport(step: Promise<ImportJob>, context: CommandContext): Promise<ImportJob> {
  const job = await step
  await context.print(describeImport(job))
  return job
}

/**
 * Starts an import and prints its report. With `--yes`, the import commits without a dry run, unless `--dry-run` is given. With
 * neither option, commits the import after the dry run if the user confirms, and prints the new report.
 */
async function startImport(
  imports: LocalImports,
  { mapping, files }: { mapping: string; files: string[] },
  { dryRun = false, yes = false, decisions }: ImportOptions,
  context: CommandContext,
): Promise<ImportJob> {
  const autoCommit = yes && !dryRun
  const job = await printReport(imports.start({ mapping, files, decisions, autoCommit }), context)
  if (job.state !== 'staged' || dryRun) return job
  if (await askForConfirmation('Commit?')) return printReport(imports.commit(job.id), context)
  context.printNote(`No record has been written yet. To commit: entente import --commit ${job.id}`)
  return job
}

/**
 * Starts, commits or undoes an import, as the options say. Prints its report, and writes the files that the options name.
 * @throws OperationalError if the import fails, or with `--strict` if rows were refused; before the import, as `checkReportFiles`
 *   does.
 */
async function runImportCommand(
  mapping: string,
  files: string[],
  options: ImportOptions,
  context: CommandContext,
): Promise<void> {
  const { decisions, rejected, names, missing } = options
  const reports = Object.entries({ rejected, names, missing })
  await checkReportFiles(
    [mapping, ...files, ...(decisions === undefined ? [] : [decisions])],
    reports.flatMap(([name, path]) => (path === undefined ? [] : [{ option: `--${name}`, path }])),
  )
  const database = await openAndMigrateDatabase(context, options)
  const { LocalImports } = await import('./local-imports.ts')
  const imports = new LocalImports(database, context)
  const runStep = () => {
    const { commit, undo } = options
    if (undo !== undefined) return printReport(imports.undo(undo), context)
    if (commit !== undefined) return printReport(imports.commit(commit), context)
    return startImport(imports, { mapping, files }, options, context)
  }
  const job = await runStep()
  await imports.writeReportFiles(job, options)
  if (job.state === 'failed') throw new OperationalError('the import has failed; its report says why')
  const { refused } = job.counts
  if (options.strict && options.undo === undefined && refused > 0)
    throw new OperationalError(`${refused} ${refused === 1 ? 'row was' : 'rows were'} refused (--strict)`)
}

/** The options that cannot be used with `--commit` and `--undo`, since they decide how a new import runs. */
const newImportOptions = ['dryRun', 'yes', 'decisions']

/** `entente import` imports a file with a mapping, or commits or undoes an earlier import. */
export const addImport: AddCommand = (program, context) => {
  program
    .command('import')
    .description('import a file with a mapping: dry run, report, commit; or undo an import')
    .argument('[mapping]', 'the mapping: a YAML or JSON file, or iati for IATI activity files')
    .argument('[files...]', 'the file with the rows, and then the files that the mapping names')
    .option('--dry-run', 'check everything and write no records, even with --yes')
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
