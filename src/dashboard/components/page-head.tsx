import type { ComponentChildren } from 'preact'
import { PageTitle } from './page-title.tsx'

/** The head of a view: its heading with what stands above and below it, and the actions of the view, which are not printed. */
export function PageHead({
  title,
  heading,
  above,
  actions,
  children,
}: {
  /** The title of the view; undefined while it loads. */
  title: string | undefined
  /** The content of the heading, if it is not only the title. */
  heading?: ComponentChildren
  /** A link to the list to which the view belongs. */
  above?: ComponentChildren
  actions?: ComponentChildren
  children?: ComponentChildren
}) {
  return (
    <div class="page-head">
      <div>
        {above}
        {title === undefined ? (
          <div class="placeholder loading title" />
        ) : (
          <PageTitle title={title}>{heading}</PageTitle>
        )}
        {children}
      </div>
      {actions && <div class="toolbar no-print">{actions}</div>}
    </div>
  )
}
