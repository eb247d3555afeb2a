/** A sample of a metric: a value with labels. */
export interface Sample {
  labels: Readonly<Record<string, string>>
  value: number
}

/** Samples by the name of their metric. */
export type Metrics = ReadonlyMap<string, readonly Sample[]>

/**
 * Parses metrics in Prometheus text format as the service writes it: one sample per line, and comment lines with `#`. Escapes in
 * the values of labels stay as they are.
 */
export function parseMetrics(text: string): Metrics {
  const metrics = new Map<string, Sample[]>()
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (name === undefined) continue
    const sample = { labels: parseLabels(labels), value: Number(value) }
    metrics.set(name, [...(metrics.get(name) ?? []), sample])
  }
  return metrics
}

const parseLabels = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name = '', value = '']) => [name, value]),
  )

/** Returns the sum of those samples of a metric whose labels match: 0 if none match, undefined if the metric has no samples. */
export function total(
  metrics: Metrics,
  name: string,
  matches: (labels: Sample['labels']) => boolean = () => true,
): number | undefined {
  return metrics
    .get(name)
    ?.filter(({ labels }) => matches(labels))
    .reduce((sum, { value }) => sum + value, 0)
}
