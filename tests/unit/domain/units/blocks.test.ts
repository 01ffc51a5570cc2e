import { describe, expect, it } from 'vitest'
import { isInside } from '#domain/geo/point-in-polygon.ts'
import { makeBlocks, type BlockLine, type BlocksInput } from '#domain/units/blocks.ts'
import {
  area,
  at,
  between,
  borderBetween,
  box,
  coverage,
  line,
  made,
  SQUARE,
  street,
  unitAt,
} from './drawing.ts'

const cross = [street([0, 200], [400, 200]), street([200, 0], [200, 400])]

describe('blocks between streets', () => {
  it('a crossing makes four, though the lines have no vertex there', () => {
    const blocks = between(...cross)
    expect(blocks.units.map(({ kind }) => kind)).toEqual(['block', 'block', 'block', 'block'])
    expect(coverage(blocks, SQUARE)).toBeCloseTo(1, 6)
    expect(borderBetween(blocks, [100, 100], [300, 100])).toEqual({ street: 200 })
    expect(borderBetween(blocks, [100, 100], [300, 300])).toEqual({})
    expect(unitAt(blocks, 100, 100).outerBorderM).toBeCloseTo(400, 0)
  })

  it('a T-junction makes three, also when the street stops a metre short', () => {
    for (const end of [200, 199]) {
      const blocks = between(street([0, 200], [400, 200]), street([200, 0], [200, end]))
      expect(blocks.units).toHaveLength(3)
    }
    const short = between(street([0, 200], [400, 200]), street([200, 0], [200, 190]))
    expect(short.units).toHaveLength(2)
  })

  it('a cul-de-sac and a street that touches nothing divide nothing', () => {
    const blocks = between(...cross, street([100, 200], [100, 100], [120, 80]), street([250, 50], [350, 150]))
    expect(blocks.units).toHaveLength(4)
    expect(blocks.units.every(({ shape }) => shape.length === 1 && shape[0]!.length === 1)).toBe(true)
    expect(unitAt(blocks, 100, 100).shape[0]![0]!.length).toBeLessThan(8)
  })

  it('a ring road that touches nothing is a block inside a block; a small roundabout joins its surroundings', () => {
    const ring = (radius: number) =>
      street(
        ...Array.from({ length: 25 }, (_, i): [number, number] => [
          100 + radius * Math.cos((i * Math.PI) / 12),
          100 + radius * Math.sin((i * Math.PI) / 12),
        ]),
      )
    const large = between(ring(60))
    expect(large.units).toHaveLength(2)
    expect(unitAt(large, 300, 300).shape[0]).toHaveLength(2)
    expect(coverage(large, SQUARE)).toBeCloseTo(1, 6)
    const small = between(
      ring(20),
      street([0, 100], [80, 100]),
      street([120, 100], [400, 100]),
      street([100, 120], [100, 400]),
    )
    expect(small.units).toHaveLength(3)
    expect(borderBetween(small, [50, 50], [50, 300]).street).toBeGreaterThan(70)
  })

  it('duplicates, partly overlapping ones included, change nothing', () => {
    const once = between(...cross)
    const again = between(...cross, ...cross, street([100, 200], [300, 200]), street([400, 200], [0, 200]))
    expect(again.units.map(({ key }) => key)).toEqual(once.units.map(({ key }) => key))
    const rounded = ({ edges }: typeof once) =>
      edges.map((edge) => ({ ...edge, lengthM: Math.round(edge.lengthM) }))
    expect(rounded(again)).toEqual(rounded(once))
  })

  it('a line may cross itself', () => {
    const blocks = between(street([0, 200], [300, 200], [300, 300], [200, 300], [200, 0]))
    expect(blocks.units).toHaveLength(3)
    expect(unitAt(blocks, 250, 250).areaM2).toBeCloseTo(10_000, -2)
  })

  it('a street along the district border, on either side of it, leaves no scraps', () => {
    for (const y of [397, 400, 403]) {
      const blocks = between(...cross, street([0, y], [200, y + 2], [400, y]))
      expect(blocks.units).toHaveLength(4)
      expect(coverage(blocks, SQUARE)).toBeCloseTo(1, 6)
    }
  })

  it('the strip between two carriageways joins one side; the border then follows one of them', () => {
    const dual = between(street([0, 195], [400, 195]), street([0, 208], [400, 208]))
    expect(dual.units).toHaveLength(2)
    expect(borderBetween(dual, [100, 100], [100, 300])).toEqual({ street: 400 })
    const kept = made({
      district: SQUARE,
      lines: [street([0, 195], [400, 195]), street([0, 208], [400, 208])],
      narrowestBlockM: 0,
    })
    expect(kept.units).toHaveLength(3)
  })

  it('a sliver prefers the neighbour across nothing worse than a street', () => {
    const blocks = between(
      { crossing: 'trunk', line: line([0, 190], [400, 190]) },
      street([0, 200], [400, 200]),
    )
    expect(borderBetween(blocks, [100, 100], [100, 300])).toEqual({ trunk: 400 })
  })
})

describe('walls', () => {
  it('a railway divides; a sliver beside it never joins across', () => {
    const railway: BlockLine = { crossing: 'railway', line: line([0, 150], [400, 250]) }
    const blocks = between(railway, street([0, 140], [400, 240]))
    expect(blocks.units).toHaveLength(2)
    expect(borderBetween(blocks, [200, 100], [200, 300])).toHaveProperty('railway')
    expect(unitAt(blocks, 200, 195)).toBe(unitAt(blocks, 200, 100))
    const shut = between(railway, { crossing: 'railway', line: line([0, 140], [400, 240]) })
    expect(shut.units).toHaveLength(3)
  })

  it('an absolute barrier says so on its edge and is never merged across', () => {
    const wall: BlockLine = { crossing: 'street', line: line([0, 396], [400, 396]), absolute: true }
    const blocks = between(wall)
    expect(blocks.units).toHaveLength(2)
    expect(blocks.edges).toEqual([expect.objectContaining({ crosses: 'street', absolute: true })])
  })

  it('a township border runs through a block: two units, one township each, nothing crossed', () => {
    const input: BlocksInput = {
      district: SQUARE,
      lines: cross,
      townships: [
        { id: 'west', shape: box(-50, -50, 120, 450) },
        { id: 'east', shape: box(120, -50, 300, 450) },
      ],
    }
    const blocks = made(input)
    expect(unitAt(blocks, 60, 100).townshipId).toBe('west')
    expect(unitAt(blocks, 160, 100).townshipId).toBe('east')
    expect(borderBetween(blocks, [60, 100], [160, 100])).toEqual({ none: 200 })
    expect(unitAt(blocks, 350, 100).townshipId).toBeNull()
    expect(coverage(blocks, SQUARE)).toBeCloseTo(1, 6)
  })

  it('a sliver at a township border stays in its township', () => {
    const blocks = made({
      district: SQUARE,
      lines: [street([0, 195], [400, 195])],
      townships: [
        { id: 'south', shape: box(0, 0, 400, 200) },
        { id: 'north', shape: box(0, 200, 400, 400) },
      ],
    })
    expect(blocks.units.map(({ townshipId }) => townshipId).sort()).toEqual(['north', 'south'])
    expect(borderBetween(blocks, [100, 100], [100, 300])).toEqual({ none: 400 })
  })
})

describe('water', () => {
  const river = area([-10, 180], [410, 180], [410, 220], [-10, 220])
  const banks = [street([200, 0], [200, 180]), street([200, 220], [200, 400])]

  it('is divided along its middle among the units on its banks', () => {
    const blocks = made({ district: SQUARE, lines: banks, water: [river] })
    expect(blocks.units).toHaveLength(4)
    expect(coverage(blocks, SQUARE)).toBeCloseTo(1, 6)
    for (const { waterM2, areaM2 } of blocks.units) {
      expect(waterM2 / 4_000).toBeCloseTo(1, 1)
      expect(areaM2 / 40_000).toBeCloseTo(1, 1)
    }
    expect(borderBetween(blocks, [100, 100], [100, 300]).river).toBeGreaterThan(190)
    expect(blocks.edges.some(({ bridges }) => bridges)).toBe(false)
    for (const { shape } of blocks.units)
      expect(isInside(...at([100, 170]), shape) && isInside(...at([100, 230]), shape)).toBe(false)
  })

  it('a road over it is a bridge between the units at its ends; one that ends in it or dives under it is not', () => {
    const bridge = made({ district: SQUARE, lines: [street([200, 0], [200, 400])], water: [river] })
    const joined = bridge.edges.filter(({ bridges }) => bridges)
    expect(joined.length).toBeGreaterThanOrEqual(2)
    expect(joined.every(({ crosses, bridges }) => crosses === 'river' && bridges === 1)).toBe(true)
    expect(bridge.units).toHaveLength(4)
    const pier = made({ district: SQUARE, lines: [...banks, street([200, 180], [200, 200])], water: [river] })
    expect(pier.edges.some(({ bridges }) => bridges)).toBe(false)
    const tunnel = made({
      district: SQUARE,
      lines: [...banks, { ...street([200, 180], [200, 220]), level: 'tunnel' }],
      water: [river],
    })
    expect(tunnel.edges.some(({ bridges }) => bridges)).toBe(false)
    expect(tunnel.ignored).toEqual([{ code: 'in-tunnel', source: 'lines', index: 2 }])
  })

  it('a river drawn as a line divides, and a road across it is a bridge', () => {
    const stream: BlockLine = { crossing: 'river', line: line([0, 200], [400, 210]) }
    const apart = between(stream, street([200, 0], [200, 205]))
    expect(apart.units).toHaveLength(3)
    expect(apart.edges.some(({ bridges }) => bridges)).toBe(false)
    const joined = between(stream, street([200, 0], [200, 400]))
    expect(joined.units).toHaveLength(4)
    expect(joined.edges.filter(({ bridges }) => bridges).length).toBeGreaterThanOrEqual(2)
  })

  it('an island is a unit of its own with its share of water; a rock is water', () => {
    const withHole = (hole: BlocksInput['district']) => [[river[0]![0]!, hole[0]![0]!.toReversed()]]
    const wide = area([-10, 100], [410, 100], [410, 300], [-10, 300])
    const island = box(150, 160, 250, 240)
    const blocks = made({
      district: SQUARE,
      lines: [],
      water: [[[wide[0]![0]!, island[0]![0]!.toReversed()]]],
    })
    expect(blocks.units).toHaveLength(3)
    expect(unitAt(blocks, 200, 200).waterM2).toBeGreaterThan(5_000)
    expect(borderBetween(blocks, [200, 200], [200, 50])).toHaveProperty('river')
    const rock = made({ district: SQUARE, lines: [], water: [withHole(box(190, 190, 210, 210))] })
    expect(rock.units).toHaveLength(2)
    expect(coverage(rock, SQUARE)).toBeCloseTo(1, 6)
  })

  it('a pond inside a block belongs to it, in tiles or whole', () => {
    const blocks = made({
      district: SQUARE,
      lines: cross,
      water: [box(40, 40, 100, 140), box(100, 40, 160, 140), box(300, 300, 320, 320)],
    })
    expect(blocks.units).toHaveLength(4)
    expect(unitAt(blocks, 100, 100).waterM2).toBeCloseTo(12_000, -2)
    expect(unitAt(blocks, 310, 310).waterM2).toBe(0)
  })

  it('water without land of its own township stays a unit of kind water', () => {
    const blocks = made({
      district: SQUARE,
      lines: [],
      water: [river],
      townships: [
        { id: 'south', shape: box(0, 0, 400, 180) },
        { id: 'river', shape: box(0, 180, 400, 220) },
        { id: 'north', shape: box(0, 220, 400, 400) },
      ],
    })
    expect(blocks.units.map(({ kind }) => kind).sort()).toEqual(['block', 'block', 'water'])
    expect(blocks.edges.every(({ crosses }) => crosses === 'river')).toBe(true)
  })
})

describe('open land', () => {
  const district = box(0, 0, 4_000, 2_000)
  const town = [0, 200, 400, 600, 800, 1_000].flatMap((x) => [
    street([x, 0], [x, 1_000]),
    street([0, x], [1_000, x]),
  ])

  it('is divided into cells beside the blocks of a town, in one tiling', () => {
    const blocks = made({ district, lines: town })
    expect(coverage(blocks, district)).toBeCloseTo(1, 6)
    expect(unitAt(blocks, 300, 300)).toMatchObject({ kind: 'block' })
    expect(unitAt(blocks, 300, 300).areaM2).toBeCloseTo(40_000, -3)
    const cells = blocks.units.filter(({ kind }) => kind === 'cell')
    expect(cells.length).toBeGreaterThan(20)
    expect(cells.every(({ key }) => /^r\d+c\d+(-p\d+)?$/.test(key))).toBe(true)
    const atEdge = unitAt(blocks, 1_100, 500)
    expect(atEdge.kind).toBe('cell')
    const edges = blocks.edges.filter(({ a, b }) => [a, b].includes(blocks.units.indexOf(atEdge)))
    expect(edges.some(({ crosses }) => crosses === 'street')).toBe(true)
    expect(new Set(blocks.units.map(({ key }) => key)).size).toBe(blocks.units.length)
  })

  it('or into villages where they are known, whole though roads cross them, but not over a river', () => {
    const villages = [
      { id: 'v1', shape: box(1_000, 0, 2_500, 2_000) },
      { id: 'v2', shape: box(2_500, 0, 4_000, 2_000) },
    ]
    const road = street([1_000, 600], [4_000, 700])
    const blocks = made({ district, lines: [...town, road], villages })
    expect(unitAt(blocks, 2_000, 300)).toMatchObject({ kind: 'village', villageId: 'v1', key: 'vv1' })
    expect(unitAt(blocks, 2_000, 300)).toBe(unitAt(blocks, 2_000, 1_900))
    expect(unitAt(blocks, 3_000, 300).villageId).toBe('v2')
    expect(unitAt(blocks, 500, 1_500).kind).toBe('cell')
    expect(coverage(blocks, district)).toBeCloseTo(1, 6)
    const stream: BlockLine = { crossing: 'river', line: line([1_000, 1_000], [4_000, 1_100]) }
    const parted = made({ district, lines: [...town, road, stream], villages })
    expect(unitAt(parted, 2_000, 300)).not.toBe(unitAt(parted, 2_000, 1_900))
    expect(unitAt(parted, 2_000, 1_900).villageId).toBe('v1')
  })
})

describe('what is refused or left out', () => {
  const reasonOf = (change: Partial<BlocksInput>) => {
    const result = makeBlocks({ district: SQUARE, lines: [], ...change })
    return result.ok ? null : result.reason
  }

  it('names the place of what is no position', () => {
    expect(
      reasonOf({
        lines: [
          cross[0]!,
          {
            crossing: 'street',
            line: [
              [115, 26],
              [NaN, 26],
            ],
          },
        ],
      }),
    ).toEqual({
      code: 'not-a-position',
      source: 'lines',
      index: 1,
      position: 1,
    })
    expect(
      reasonOf({
        water: [
          [
            [
              [
                [3_000, 2],
                [0, 0],
                [1, 1],
              ],
            ],
          ],
        ] as never,
      }),
    ).not.toBeNull()
    expect(reasonOf({ townships: [{ id: 't', shape: [[[[115, Infinity]]]] }] })).toMatchObject({
      source: 'townships',
    })
  })

  it('lists lines without length', () => {
    const blocks = between(street([100, 100], [100, 100]), { crossing: 'river', line: [] }, ...cross)
    expect(blocks.units).toHaveLength(4)
    expect(blocks.ignored).toEqual([
      { code: 'no-length', source: 'lines', index: 0 },
      { code: 'no-length', source: 'lines', index: 1 },
    ])
  })

  it('refuses a district without area, options out of range, too wide or too fine a division', () => {
    expect(reasonOf({ district: [] })).toEqual({ code: 'empty-district' })
    expect(reasonOf({ district: [[line([0, 0], [400, 0], [0, 0])]] })).toEqual({ code: 'empty-district' })
    expect(reasonOf({ cellSizeM: 0 })).toEqual({ code: 'invalid-option', option: 'cellSizeM', value: 0 })
    expect(
      reasonOf({
        district: [
          [
            [
              [100, 20],
              [110, 20],
              [110, 30],
              [100, 20],
            ],
          ],
        ],
      }),
    ).toMatchObject({
      code: 'district-too-wide',
    })
    expect(reasonOf({ district: box(0, 0, 40_000, 40_000), cellSizeM: 50 })).toMatchObject({
      code: 'too-many-cells',
      limit: 200_000,
    })
  })
})
