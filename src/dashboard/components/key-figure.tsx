import type { ComponentChildren } from 'preact'

/** A number in large type with its label, in a list with the class `key-figures`. */
export function KeyFigure({
  label,
  isWarning = false,
  children,
}: {
  label: string
  isWarning?: boolean
  children: ComponentChildren
}) {
  return (
    <div class={isWarning ? 'key-figure warned' : 'key-figure'}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}
