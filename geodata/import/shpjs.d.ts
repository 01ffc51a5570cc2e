declare module 'shpjs' {
  import type { Geometry } from 'geojson'
  /** One entry for each record; null for a null shape. */
  export function parseShp(
    shp: Uint8Array | ArrayBuffer | DataView,
    prj?: string | false,
  ): (Geometry | null)[]
  export function parseDbf(dbf: Uint8Array | ArrayBuffer | DataView, cpg?: string): Record<string, unknown>[]
}
