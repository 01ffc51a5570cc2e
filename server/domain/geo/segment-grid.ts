/**
 * Purpose: which segments of a growing set pass near a place. Inputs: whole-number coordinates (any step), the box all of them
 * lie in, about how many there will be.
 * Guarantees: `along` and `near` visit every stored segment that comes within one step (or the radius) of the place; they may visit
 * more, and one segment several times. Visits come in a fixed order.
 * Cost: O(squares touched); squares are sized so that evenly spread short segments fill about one each.
 */
export interface Segment {
  ax: number
  ay: number
  bx: number
  by: number
  /** Class of the line, in the caller's coding. */
  kind: number
}

export interface SegmentGrid {
  add(id: number, segment: Omit<Segment, 'kind'>): void
  along(segment: Omit<Segment, 'kind'>, visit: (id: number) => void): void
  near(x: number, y: number, radius: number, visit: (id: number) => void): void
  /** Squares from the one that holds the place southwards; `visit` gets the south side of the square and says whether to stop. */
  southwards(x: number, y: number, visit: (ids: readonly number[], south: number) => boolean): void
}

export interface StepBox {
  minX: number
  minY: number
  maxX: number
  maxY: number
}

export function boxOf(segments: Iterable<Omit<Segment, 'kind'>>): StepBox {
  const box = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity }
  for (const { ax, ay, bx, by } of segments) {
    box.minX = Math.min(box.minX, ax, bx)
    box.minY = Math.min(box.minY, ay, by)
    box.maxX = Math.max(box.maxX, ax, bx)
    box.maxY = Math.max(box.maxY, ay, by)
  }
  return box
}

const MOST_SQUARES_A_SIDE = 4096
const NOTHING: readonly number[] = []

export function createSegmentGrid(box: StepBox, expected: number): SegmentGrid {
  const width = Math.max(1, box.maxX - box.minX)
  const height = Math.max(1, box.maxY - box.minY)
  const size = Math.max(
    Math.sqrt((width * height) / Math.max(1, expected)),
    Math.max(width, height) / MOST_SQUARES_A_SIDE,
    2,
  )
  const columns = Math.floor(width / size) + 1
  const rows = Math.floor(height / size) + 1
  const squares: (number[] | undefined)[] = Array.from({ length: columns * rows })
  const columnOf = (x: number): number => Math.floor((x - box.minX) / size)
  const rowOf = (y: number): number => Math.floor((y - box.minY) / size)
  const firstOf = (index: number): number => Math.max(0, index)

  const squaresAlong = (
    { ax, ay, bx, by }: Omit<Segment, 'kind'>,
    margin: number,
    use: (s: number) => void,
  ) => {
    const dx = bx - ax
    const dy = by - ay
    const last = Math.min(columns - 1, columnOf(Math.max(ax, bx) + margin))
    for (let column = firstOf(columnOf(Math.min(ax, bx) - margin)); column <= last; column++) {
      let low = Math.min(ay, by)
      let high = Math.max(ay, by)
      if (dx !== 0) {
        const west = box.minX + column * size
        const atWest = ay + ((west - margin - ax) / dx) * dy
        const atEast = ay + ((west + size + margin - ax) / dx) * dy
        low = Math.max(low, Math.min(atWest, atEast))
        high = Math.min(high, Math.max(atWest, atEast))
      }
      const top = Math.min(rows - 1, rowOf(high + margin))
      for (let row = firstOf(rowOf(low - margin)); row <= top; row++) use(column * rows + row)
    }
  }

  return {
    add(id, segment) {
      squaresAlong(segment, 0, (s) => {
        const list = squares[s]
        if (list) list.push(id)
        else squares[s] = [id]
      })
    },
    along(segment, visit) {
      squaresAlong(segment, 1, (s) => {
        for (const id of squares[s] ?? NOTHING) visit(id)
      })
    },
    near(x, y, radius, visit) {
      const lastColumn = Math.min(columns - 1, columnOf(x + radius))
      const lastRow = Math.min(rows - 1, rowOf(y + radius))
      for (let column = firstOf(columnOf(x - radius)); column <= lastColumn; column++)
        for (let row = firstOf(rowOf(y - radius)); row <= lastRow; row++)
          for (const id of squares[column * rows + row] ?? NOTHING) visit(id)
    },
    southwards(x, y, visit) {
      const column = columnOf(x)
      for (let row = rowOf(y); row >= 0; row--)
        if (visit(squares[column * rows + row] ?? NOTHING, box.minY + row * size)) return
    },
  }
}
