import { parser } from '@prometheus-io/lezer-promql'

/** The metrics and labels that a PromQL expression reads. */
export interface Query {
  metrics: Set<string>
  /** Labels by which the expression selects or groups. */
  labels: Set<string>
}

/**
 * Reads a PromQL expression with the grammar of Prometheus.
 * @throws Error when it is invalid.
 */
export function readQuery(expression: string): Query {
  // The grammar does not allow Grafana's variable for a duration.
  const text = expression.replaceAll('$__rate_interval', '5m')
  const found: Query = { metrics: new Set(), labels: new Set() }
  parser.parse(text).iterate({
    enter({ name, type, from, to, node }) {
      if (type.isError) throw new Error(`not PromQL at character ${from}: ${text}`)
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector')
        found.metrics.add(text.slice(from, to))
      if (name === 'LabelName') found.labels.add(text.slice(from, to))
    },
  })
  return found
}
