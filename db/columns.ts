import { customType } from 'drizzle-orm/pg-core'

// drizzle's own geometry() writes geometry(point) whatever type it is given.
// Values cross as EWKT/hex text; read geometries through ST_AsGeoJSON or ST_X/ST_Y and write them with ST_GeomFromGeoJSON.
const geometry = (type: string) => customType<{ data: string }>({ dataType: () => `geometry(${type},4326)` })

export const point = geometry('Point')
export const lineString = geometry('LineString')
export const multiPolygon = geometry('MultiPolygon')

export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' })
