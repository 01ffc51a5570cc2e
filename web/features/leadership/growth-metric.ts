import type { Metric } from '#web/api/types.ts'

/** The registry's growth figure that belongs beside a metric: deposits beside deposits, loans beside all else. */
export function growthMetricFor(key: string | null, metrics: Metric[]): Metric | null {
  const growths = metrics.filter(
    (metric) => /growth/i.test(metric.key) && metric.key !== key && metric.unit === 'ratio',
  )
  const subject = key && /deposit/i.test(key) ? /deposit/i : /loan/i
  return growths.find((metric) => subject.test(metric.key)) ?? growths[0] ?? null
}
