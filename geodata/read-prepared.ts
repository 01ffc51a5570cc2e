/** The prepared files as one list of typed places, checked on reading; needs no network and no database. */
import { readFileSync } from 'node:fs'
import type { MultiPolygon } from 'geojson'
import Papa from 'papaparse'
import type { z } from 'zod'
import { PREFECTURE_CODE, datasetOf } from './catalog.ts'
import type { DatasetId } from './catalog.ts'
import { areaKm2 } from './geometry/ring.ts'
import { readTopology } from './read-topology.ts'
import type { Place, Prepared } from './schema.ts'
import { aliasRow, countyRow, managementUnitRow, topologyFile, townshipRow, villageRow } from './schema.ts'

const PREPARED = new URL('./prepared/', import.meta.url)

/** Places in order prefecture, counties, townships, villages, each by code: a parent always comes before its children. */
export function readPrepared(): Prepared {
  const counties = topologyOf('counties.topojson')
  const outlines = new Map([...readTopology(counties, 'prefecture'), ...readTopology(counties, 'counties')])
  const cells = readTopology(topologyOf('township-cells.topojson'), 'townships')
  const aliases = rowsOf('aliases.csv', aliasRow)
  const places = [
    ...countyPlaces(outlines),
    ...townshipPlaces(
      cells,
      aliases.map((alias) => ({ code: `${alias.new_code}000`, old: alias.old_code })),
    ),
    ...villagePlaces(),
  ]
  const codes = new Set(places.map(({ code }) => code))
  for (const place of places) {
    if (place.parentCode !== null && !codes.has(place.parentCode)) {
      throw new Error(
        `prepared files: ${place.code} ${place.name} hangs under the unknown place ${place.parentCode}`,
      )
    }
  }
  return { places, aliases, managementUnits: managementUnits() }
}

function countyPlaces(outlines: ReadonlyMap<string, MultiPolygon>): Place[] {
  return rowsOf('counties.csv', countyRow).map((row): Place => {
    const geometry = outlines.get(row.code)
    if (!geometry) throw new Error(`counties.topojson has no outline for ${row.code} ${row.name}`)
    const isPrefecture = row.code === PREFECTURE_CODE
    return {
      ...shared(row, 'counties'),
      level: isPrefecture ? 'prefecture' : 'county',
      parentCode: isPrefecture ? null : PREFECTURE_CODE,
      countyCode: isPrefecture ? null : row.code,
      statistical: false,
      seatAccuracy: 'approximate',
      geometry,
      areaKm2: roundedArea(geometry),
      population: row.population,
      accuracy: 'derived',
      formerCodes: row.former_codes,
      formerNames: row.former_names,
      industries: row.industries,
    }
  })
}

function townshipPlaces(
  cells: ReadonlyMap<string, MultiPolygon>,
  aliases: readonly { code: string; old: string }[],
): Place[] {
  return rowsOf('townships.csv', townshipRow).map((row): Place => {
    const geometry = cells.get(row.code) ?? null
    if (!geometry && !row.statistical)
      throw new Error(`township-cells.topojson has no cell for ${row.code} ${row.name}`)
    const countyCode = `${row.code.slice(0, 6)}000000`
    return {
      ...shared(row, 'townships'),
      level: 'township',
      parentCode: countyCode,
      countyCode,
      townshipCode: row.code,
      statistical: row.statistical,
      seatAccuracy: row.seat_accuracy,
      geometry,
      areaKm2: geometry ? roundedArea(geometry) : null,
      population: null,
      accuracy: row.seat_accuracy,
      formerCodes: aliases
        .filter(({ code, old }) => code === row.code && `${old}000` !== code)
        .map(({ old }) => `${old}000`),
      formerNames: row.former_names,
      industries: row.industries,
    }
  })
}

function villagePlaces(): Place[] {
  return rowsOf('villages.csv', villageRow).map((row): Place => {
    const townshipCode = `${row.code.slice(0, 9)}000`
    return {
      ...shared(row, 'villages'),
      level: 'village',
      parentCode: townshipCode,
      countyCode: `${row.code.slice(0, 6)}000000`,
      townshipCode,
      statistical: row.statistical,
      seatAccuracy: 'schematic',
      geometry: null,
      areaKm2: null,
      population: null,
      accuracy: 'schematic',
      formerCodes: [],
      formerNames: [],
      industries: [],
    }
  })
}

interface SharedColumns {
  code: string
  name: string
  kind: string
  pinyin: string
  initials: string
  lng: number
  lat: number
}

function shared(row: SharedColumns, dataset: DatasetId) {
  const { source, sourceCrs } = datasetOf(dataset)
  const { code, name, kind, pinyin, initials, lng, lat } = row
  return {
    code,
    name,
    kind,
    pinyin,
    initials,
    seat: [lng, lat] as [number, number],
    source,
    sourceCrs,
    dataset,
  }
}

function managementUnits(): Prepared['managementUnits'] {
  const units = new Map<string, Prepared['managementUnits'][number]>()
  for (const row of rowsOf('management-units.csv', managementUnitRow)) {
    const unit = units.get(row.name) ?? { name: row.name, members: [], source: row.source }
    unit.members.push({ code: row.member_code, name: row.member_name, whole: row.extent === '全部' })
    units.set(row.name, unit)
  }
  return [...units.values()]
}

function roundedArea(geometry: MultiPolygon): number {
  return Math.round(areaKm2(geometry) * 1000) / 1000
}

function topologyOf(file: string) {
  return topologyFile.parse(JSON.parse(readFileSync(new URL(file, PREPARED), 'utf8')))
}

function rowsOf<T extends z.ZodType>(file: string, schema: T): z.infer<T>[] {
  const { data, errors } = Papa.parse<Record<string, string>>(readFileSync(new URL(file, PREPARED), 'utf8'), {
    header: true,
    skipEmptyLines: true,
  })
  if (errors[0]) throw new Error(`${file} row ${errors[0].row}: ${errors[0].message}`)
  return data.map((raw, i) => {
    const parsed = schema.safeParse(raw)
    if (parsed.success) return parsed.data
    const issue = parsed.error.issues[0]
    throw new Error(`${file} line ${i + 2}, column ${issue?.path.join('.')}: ${issue?.message}`)
  })
}
