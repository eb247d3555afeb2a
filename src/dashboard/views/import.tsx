import { viewPaths } from '../../view-paths.ts'
import type { ImportJob } from '../api/types.ts'
import { useKeepFormInput } from '../api/use-keep-form-input.ts'
import { PageHead } from '../components/page-head.tsx'
import { PageTitle } from '../components/page-title.tsx'
import { RequireRight } from '../components/require-right.tsx'
import { Failure, Loaded } from '../components/widget.tsx'
import { useLanguage } from '../i18n/language.ts'
import { ImportActions } from '../imports/actions.tsx'
import { Counts } from '../imports/counts.tsx'
import { FaultyRows } from '../imports/faulty-rows.tsx'
import { ImportsLink } from '../imports/import-table.tsx'
import { ImportedRecords } from '../imports/imported-records.tsx'
import { KeptProperties } from '../imports/kept-properties.tsx'
import { MappingText } from '../imports/mapping-text.tsx'
import { MissingRecords } from '../imports/missing-records.tsx'
import { Progress } from '../imports/progress.tsx'
import { StateTag } from '../imports/state-tag.tsx'
import { UnresolvedNames } from '../imports/unresolved-names.tsx'
import { UnusedColumns } from '../imports/unused-columns.tsx'
import { useHasWritten } from '../imports/use-has-written.ts'
import { isRunning, useImport } from '../imports/use-import.ts'
import { useNavigateWhileMounted } from '../use-navigate-while-mounted.ts'
import '../styles/forms.css'
import '../styles/imports.css'

/** One import: its progress, unresolved names, refused rows, and records. */
export default function ImportView({ id }: { id: string }) {
  return (
    <RequireRight right="write">
      <Import id={id} />
    </RequireRight>
  )
}

function Import({ id }: { id: string }) {
  const state = useKeepFormInput(useImport(id), id)
  if (state.error && state.body === undefined)
    return (
      <div class="stack">
        <ImportsLink />
        <PageTitle title={id} />
        <Failure error={state.error} retry={state.retry} />
      </div>
    )
  return (
    <Loaded state={state} height="40rem">
      {(job) => <LoadedImport job={job} />}
    </Loaded>
  )
}

function LoadedImport({ job }: { job: ImportJob }) {
  const hasWritten = useHasWritten(job)
  return (
    <>
      <Head job={job} hasWritten={hasWritten} />
      <Counts job={job} />
      <div class="stack">
        <Progress job={job} />
        {/* The key discards the results of the previous dry run, even if the page has not noticed that a new one ran. */}
        {!isRunning(job) && <Results key={job.stagedAt ?? ''} job={job} hasRecords={hasWritten === true} />}
      </div>
    </>
  )
}

function Head({ job, hasWritten }: { job: ImportJob; hasWritten: boolean | undefined }) {
  const { dateTime } = useLanguage()
  const navigate = useNavigateWhileMounted()
  const { files, scheme, format, encoding, createdAt, actor } = job
  const details = [scheme, format, encoding, dateTime(createdAt), actor.name].filter((part) => part)
  return (
    <PageHead
      above={<ImportsLink />}
      title={files[0]?.name ?? job.id}
      actions={
        <ImportActions job={job} hasWritten={hasWritten} onDeleted={() => navigate(viewPaths.imports)} />
      }
    >
      <p>
        <StateTag job={job} /> {details.join(' · ')}
      </p>
    </PageHead>
  )
}

/** The results of the finished steps, and the unresolved names. */
function Results({ job, hasRecords }: { job: ImportJob; hasRecords: boolean }) {
  const { refusedBy = [], droppedBy = [], names, missing = 0, kept = [] } = job.report ?? {}
  return (
    <>
      {job.state === 'staged' && names !== undefined && names.unresolved > 0 && (
        <UnresolvedNames id={job.id} counts={names} />
      )}
      {refusedBy.length > 0 && <FaultyRows id={job.id} which="refused" columns={refusedBy} />}
      {droppedBy.length > 0 && <FaultyRows id={job.id} which="dropped" columns={droppedBy} />}
      {missing > 0 && <MissingRecords id={job.id} count={missing} />}
      {kept.length > 0 && <KeptProperties kept={kept} count={job.report?.keptCount ?? kept.length} />}
      {hasRecords && <ImportedRecords job={job} />}
      {job.unused.length > 0 && <UnusedColumns columns={job.unused} />}
      <MappingText id={job.id} scheme={job.scheme} />
    </>
  )
}
