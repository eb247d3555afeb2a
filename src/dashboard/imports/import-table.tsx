import { Link } from 'wouter-preact'
import { viewPaths } from '../../view-paths.ts'
import type { ImportJob } from '../api/types.ts'
import { useLanguage } from '../i18n/language.ts'
import { StateTag } from './state-tag.tsx'

/** Returns the path of the view of an import. */
export const importPath = (id: string): string => `/imports/${id}`

/** The link to the list of imports, above the heading of an import. */
export function ImportsLink() {
  const { t } = useLanguage()
  return (
    <p class="small">
      <Link href={viewPaths.imports}>{t('imports.title')}</Link>
    </p>
  )
}

/** A table of imports, with the state and counts of each. */
export function ImportTable({ jobs }: { jobs: readonly ImportJob[] }) {
  const { t, number, dateTime } = useLanguage()
  return (
    <table>
      <caption class="visually-hidden">{t('imports.title')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('imports.file')}</th>
          <th scope="col">{t('imports.scheme')}</th>
          <th scope="col">{t('imports.stateLabel')}</th>
          <th scope="col" class="number">
            {t('imports.count.rows')}
          </th>
          <th scope="col" class="number">
            {t('imports.count.refused')}
          </th>
          <th scope="col" class="number">
            {t('imports.count.created')}
          </th>
          <th scope="col" class="number">
            {t('imports.count.changed')}
          </th>
          <th scope="col">{t('imports.startedBy')}</th>
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <tr key={job.id}>
            <th scope="row">
              <Link href={importPath(job.id)}>{job.files[0]?.name ?? job.id}</Link>
            </th>
            <td>{job.scheme}</td>
            <td>
              <StateTag job={job} />
            </td>
            <td class="number">{job.rows === null ? '–' : number(job.rows)}</td>
            <td class="number">{number(job.counts.refused)}</td>
            <td class="number">{number(job.counts.created)}</td>
            <td class="number">{number(job.counts.changed)}</td>
            <td>
              {dateTime(job.createdAt)} <span class="soft small">{job.actor.name}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
