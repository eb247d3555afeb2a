import { useState } from 'preact/hooks'
import { Link } from 'wouter-preact'
import { useLanguage } from '../../i18n/language.ts'

/** A number of a column, with the view of its records. */
export interface Cell {
  count: number
  path?: string
}

/** A row of a comparison. A column without a cell has no number for it. */
export interface ComparedRow {
  label: string
  cells: readonly (Cell | undefined)[]
}

/** Number of rows that are shown before a click on "show all". */
const firstRows = 12

/** The height of a comparison with this number of rows, each with a label of one line. */
export const comparisonHeight = (rows: number): string => `${2.3 + 2.97 * rows}rem`

/** Numbers side by side, with a bar for each; with `difference`, the last column minus the first. */
export function ComparisonTable({
  caption,
  heading,
  columns,
  rows,
  difference,
}: {
  caption: string
  heading: string
  columns: readonly string[]
  rows: readonly ComparedRow[]
  difference: boolean
}) {
  const { t, number } = useLanguage()
  const [showsAll, setShowsAll] = useState(false)
  const max = Math.max(1, ...rows.flatMap(({ cells }) => cells.map((cell) => cell?.count ?? 0)))
  const shown = showsAll ? rows : rows.slice(0, firstRows)
  return (
    <>
      <table class="comparison">
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{heading}</th>
            {columns.map((column) => (
              <th key={column} scope="col" class="number">
                {column}
              </th>
            ))}
            {difference && (
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
              {columns.map((column, index) => (
                <td key={column} class="number">
                  <CellNumber cell={cells[index]} max={max} />
                </td>
              ))}
              {difference && (
                <td class="number">
                  <Difference first={cells[0]} last={cells.at(-1)} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < rows.length && (
        <button type="button" class="chip no-print" onClick={() => setShowsAll(true)}>
          {t('compare.showAll', { count: number(rows.length) })}
        </button>
      )}
    </>
  )
}

/** The last column minus the first one. If one of the two numbers is missing, there is no difference. */
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
