import { Fragment } from 'preact'

/** The values of a row as they are in the file, without the empty ones. */
export function RowValues({ values }: { values: Readonly<Record<string, unknown>> }) {
  const shown = Object.entries(values).flatMap(([name, value]): [string, string][] => {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
    return text === '' || value === null ? [] : [[name, text]]
  })
  return (
    <dl class="facts">
      {shown.map(([name, text]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </Fragment>
      ))}
    </dl>
  )
}
