import { Link } from 'wouter-preact'
import { useLanguage } from '../i18n/language.ts'

/** A number of records, with the path of the view that shows them. */
export interface KeyFigure {
  label: string
  count: number
  path: string
}

/** Numbers in large type, each a link to the records that it counts. */
export function KeyFigureList({ label, figures }: { label: string; figures: readonly KeyFigure[] }) {
  const { number } = useLanguage()
  return (
    <dl class="key-figures" aria-label={label}>
      {figures.map(({ label: name, count, path }) => (
        <div key={name} class="key-figure">
          <dt>{name}</dt>
          <dd>
            <Link href={path}>{number(count)}</Link>
          </dd>
        </div>
      ))}
    </dl>
  )
}
