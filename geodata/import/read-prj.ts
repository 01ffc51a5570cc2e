/**
 * The coordinate system named by a .prj file (ESRI or OGC well-known text).
 *
 * Guarantees: only systems the import can convert exactly are accepted; Beijing 1954, Xi'an 1980 and local systems are refused,
 * because their shift against CGCS2000 (up to some 100 m) needs parameters that no file carries.
 * Limits: reads names, central meridian and false easting; nothing else of the text is used.
 */
import type { CrsId } from './types.ts'

export function readPrj(text: string): { ok: true; crs: CrsId } | { ok: false; message: string } {
  const plain = text.replace(/[\s_]+/g, '').toLowerCase()
  if (/beijing1954|xian1980|xi'an1980|krasovsky|iag75|iag1975|xian80/.test(plain)) {
    const name = /beijing|krasovsky/.test(plain) ? '北京 1954' : '西安 1980'
    return {
      ok: false,
      message: `.prj 是${name}坐标系：需要转换参数，直接平移误差可达百米，请先转为 CGCS2000（EPSG:4490 或 3 度带）再导入`,
    }
  }
  const geographic =
    /gcscgcs2000|chinageodeticcoordinatesystem2000|chinageodetic2000|cgcs2000|dchina2000|gcschina2000/.test(
      plain,
    )
  const wgs = /wgs1984|wgs84/.test(plain)
  if (!plain.startsWith('projcs')) {
    if (geographic || wgs) return { ok: true, crs: 'WGS84' }
    return { ok: false, message: `.prj 的坐标系“${nameIn(text)}”不在支持范围内，请转为 CGCS2000 再导入` }
  }
  if (/webmercator|pseudo-mercator|mercatorauxiliarysphere|popularvisualisation/.test(plain))
    return { ok: true, crs: 'EPSG:3857' }
  const meridian = parameter(text, 'central_meridian')
  const easting = parameter(text, 'false_easting')
  const scale = parameter(text, 'scale_factor') ?? 1
  if (geographic && /transversemercator|gausskruger/.test(plain) && scale === 1) {
    if (meridian === 114 && easting === 38_500_000) return { ok: true, crs: 'EPSG:4526' }
    if (meridian === 117 && easting === 39_500_000) return { ok: true, crs: 'EPSG:4527' }
    if (meridian === 114 && easting === 500_000) return { ok: true, crs: 'EPSG:4547' }
    if (meridian === 117 && easting === 500_000) return { ok: true, crs: 'EPSG:4548' }
  }
  return {
    ok: false,
    message: `.prj 的投影“${nameIn(text)}”不在支持范围内；可用 CGCS2000 三度带 38/39 带（EPSG:4526、4527、4547、4548）、EPSG:3857 或经纬度`,
  }
}

function parameter(text: string, name: string): number | null {
  const found = new RegExp(`parameter\\s*\\[\\s*"${name}"\\s*,\\s*(-?[\\d.]+)`, 'i').exec(text)
  return found ? Number(found[1]) : null
}

function nameIn(text: string): string {
  return /\[\s*"([^"]*)"/.exec(text)?.[1] ?? '未命名'
}
