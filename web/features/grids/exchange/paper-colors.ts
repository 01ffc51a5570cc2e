/** Colours of printed sheets: those of the light map, whatever the screen shows. */
import { BASE, gridFill, NO_DATA, rgb } from '#web/map/colors.ts'

export const INK = BASE.light.label
export const SOFT_INK = BASE.light.labelSoft
export const RULE = BASE.light.townshipLine
export const PAPER_WHITE = '#ffffff'

/** Grid colour thinned with white, as ink on paper has no transparency; `strength` 1 is the full colour. */
export function gridTint(gridNo: number | null, strength: number): string {
  const parts = rgb(gridNo === null ? NO_DATA.light : gridFill(gridNo))
  return `#${parts
    .map((part) =>
      Math.round(255 - (255 - part) * strength)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`
}
