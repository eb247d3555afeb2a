import { useState } from 'preact/hooks'
import { Link } from 'wouter-preact'
import { useLanguage } from '../../i18n/language.ts'
import { ShowMoreButton } from '../show-more-button.tsx'

/** A number of records. */
export interface Cell {
  count: number
  /** The path of the view of the records; absent if there is none. A count of 0 is never a link. */
  path?: string
}

/** A row of a comparison. A cell is undefined if its column has no number. */
export interface ComparedRow {
  label: string
  cells: readonly (Cell | undefined)[]
}

/** Number of rows that are shown at first. */
const initialRowCount = 12

// Heights of the head and of a row with its bar, as measured in a browser with the style sheets `base.css` and `charts.css`.
const headRem = 2.3
const rowRem = 2.97

/** Returns the CSS height of a comparison with this number of rows, if each label takes one line. */
export const comparisonHeight = (rowCount: number): string => `${headRem + rowRem * rowCount}rem`

/** Numbers side by side, each with a bar. With `showsDifference`, a further column has the last number minus the first. */
export function ComparisonTable({
  caption,
  heading,
  columns,
  rows,
  showsDifference,
}: {
  caption: string
  heading: string
  columns: readonly { key: string; label: string }[]
  rows: readonly ComparedRow[]
  showsDifference: boolean
}) {
  const { t, number } = useLanguage()
  const [showsAll, setShowsAll] = useState(false)
  const max = Math.max(1, ...rows.flatMap(({ cells }) => cells.map((cell) => cell?.count ?? 0)))
  const shown = showsAll ? rows : rows.slice(0, initialRowCount)
  return (
    <>
      <table class="comparison">
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{heading}</th>
            {columns.map((column) => (
              <th key={column.key} scope="col" class="number">
                {column.label}
              </th>
            ))}
            {showsDifference && (
              <th scope="col" class="number">
                {t('compare.difference')}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {shown.map(({ label, cells }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              {columns.map(({ key }, index) => (
                <td key={key} class="number">
                  <CellNumber cell={cells[index]} max={max} />
                </td>
              ))}
              {showsDifference && (
                <td class="number">
                  <Difference first={cells[0]} last={cells.at(-1)} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < rows.length && (
        <>
          <ShowMoreButton class="chip no-print" onClick={() => setShowsAll(true)}>
            {t('compare.showAll', { count: number(rows.length) })}
          </ShowMoreButton>
          <p class="print-only">{t('explore.topOnly')}</p>
        </>
      )}
    </>
  )
}

/** The last number minus the first, or a dash if either is missing. */
function Difference({ first, last }: { first: Cell | undefined; last: Cell | undefined }) {
  const { number } = useLanguage()
  if (!first || !last) return <span class="soft">–</span>
  const value = last.count - first.count
  if (value === 0) return <span class="soft">0</span>
  return value > 0 ? <ins>+{number(value)}</ins> : <del>−{number(-value)}</del>
}

function CellNumber({ cell, max }: { cell: Cell | undefined; max: number }) {
  const { number } = useLanguage()
  if (!cell) return <span class="soft">–</span>
  return (
    <>
      {cell.path && cell.count > 0 ? <Link href={cell.path}>{number(cell.count)}</Link> : number(cell.count)}
      <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect x={100 - (100 * cell.count) / max} width={(100 * cell.count) / max} height="10" />
      </svg>
    </>
  )
}
