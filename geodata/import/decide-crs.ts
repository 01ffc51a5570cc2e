/**
 * Decides in which coordinate system a file is read: the user's word, else the file's own statement if it agrees with the stored
 * outlines, else what the detector is certain about and the user accepts. Anything else is a question, not a guess.
 */
import type { MultiPolygon, Polygon } from 'geojson'
import { crsName, detectCrs } from './detect-crs.ts'
import type { CrsGuess, CrsId, CrsReport } from './types.ts'

export interface CrsChoice {
  crs?: CrsId
  swapped?: boolean
  acceptDetected?: boolean
}

export type CrsDecision =
  | { ok: true; crs: CrsId; swapped: boolean; report: CrsReport }
  | { ok: false; reason: 'crs-unconfirmed' | 'crs-out-of-region'; message: string; report: CrsReport }

export function decideCrs(
  polygons: readonly (Polygon | MultiPolygon)[],
  counties: readonly MultiPolygon[],
  stated: CrsId | null,
  choice: CrsChoice,
): CrsDecision {
  const detected = detectCrs(polygons, counties)
  const take = (crs: CrsId, swapped: boolean): CrsDecision => ({
    ok: true,
    crs,
    swapped,
    report: { stated, used: crs, swapped, detected },
  })
  const report: CrsReport = { stated, used: null, swapped: false, detected }
  if (polygons.length > 0 && detected.possible.length === 0) {
    const message = `${detected.evidence.join('；')}。请检查文件是否属于赣州，或先转为 CGCS2000 经纬度`
    return { ok: false, reason: 'crs-out-of-region', message, report }
  }
  if (choice.crs) {
    if (detected.possible.includes(choice.crs) || polygons.length === 0)
      return take(choice.crs, choice.swapped ?? detected.swapped)
    const possible = detected.possible.map(crsName).join('、')
    const message = `选择的是${crsName(choice.crs)}，但坐标数值只可能是${possible}，请重新选择`
    return { ok: false, reason: 'crs-out-of-region', message, report }
  }
  const { guess, swapped, confidence } = detected
  const agrees =
    guess === stated || (confidence === 'unknown' && detected.possible.some((crs) => crs === stated))
  if (stated && agrees && !swapped) return take(stated, false)
  if (guess && confidence === 'certain') {
    if (choice.acceptDetected) return take(guess, swapped)
    if (guess === 'WGS84' && !swapped && stated === null) return take(guess, false)
  }
  return { ok: false, reason: 'crs-unconfirmed', message: question(detected, stated), report }
}

function question(detected: CrsGuess, stated: CrsId | null): string {
  const says = stated ? `文件写的是${crsName(stated)}，但` : '文件没有写明坐标系，'
  const order = detected.swapped ? '，且纬度在前、经度在后（需要交换）' : ''
  const seems = detected.guess ? `看起来是${crsName(detected.guess)}${order}` : '无法判断是哪一种'
  return `${says}${seems}：${detected.evidence.join('；')}。请确认坐标系后再导入`
}
