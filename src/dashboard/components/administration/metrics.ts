/** A value of a metric, with its labels. */
export interface Sample {
  labels: Readonly<Record<string, string>>
  value: number
}

/** Metrics by their names. */
export type Metrics = ReadonlyMap<string, readonly Sample[]>

/** Reads metrics in the text format of Prometheus, as the service writes it: a sample on a line, comments after `#`. */
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

/** The sum of a metric over all its labels, or over those that a condition keeps; undefined if there is no such metric. */
export function total(
  metrics: Metrics,
  name: string,
  keeps: (labels: Sample['labels']) => boolean = () => true,
): number | undefined {
  return metrics
    .get(name)
    ?.filter(({ labels }) => keeps(labels))
    .reduce((sum, { value }) => sum + value, 0)
}
