const MS_PER_DAY = 86_400_000
const CHINA_OFFSET_MS = 8 * 3_600_000

/** Days since 1970-01-01 of the present day in China, which has one time zone and no summer time. */
export function todayInChina(now: Date): number {
  return Math.floor((now.getTime() + CHINA_OFFSET_MS) / MS_PER_DAY)
}
