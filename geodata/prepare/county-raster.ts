/**
 * Repairs county outlines that were stored on a coarse lattice, by labelling pixels and tracing the labels again.
 *
 * Why: the source rounds to 1/1024 degree and thereby makes spikes, repeated corners and borders that differ between two
 * neighbours. Pixels have exactly one label each, so the traced outlines tile without gaps or overlaps by construction.
 * Inputs: rings in pixel units (whole numbers), one outline per label.
 * Guarantees: each label is one 4-connected ring without holes and without touching itself; counterclockwise.
 * Limits: outlines move by up to half a pixel; a label's small detached parts go to the neighbour around them.
 * Cost: linear in pixels (about 30 million here, some seconds).
 * Source: even-odd scan line filling; boundary following.
 */
export type PixelRing = [number, number][]

export interface LabelGrid {
  width: number
  height: number
  x0: number
  y0: number
  cells: Uint8Array
}

export function labelPixels(outlines: readonly PixelRing[]): LabelGrid {
  const xs = outlines.flatMap((ring) => ring.map((p) => p[0]))
  const ys = outlines.flatMap((ring) => ring.map((p) => p[1]))
  const min = (values: number[]) => values.reduce((a, b) => Math.min(a, b))
  const max = (values: number[]) => values.reduce((a, b) => Math.max(a, b))
  const x0 = min(xs) - 2
  const y0 = min(ys) - 2
  const width = max(xs) + 2 - x0
  const height = max(ys) + 2 - y0
  const cells = new Uint8Array(width * height)
  outlines.forEach((ring, label) => {
    const rows = new Map<number, number[]>()
    ring.forEach(([x1, y1], i) => {
      const [x2, y2] = ring[(i + 1) % ring.length]!
      for (let row = Math.min(y1, y2); row < Math.max(y1, y2); row++) {
        const x = x1 + ((row + 0.5 - y1) / (y2 - y1)) * (x2 - x1)
        const crossings = rows.get(row)
        if (crossings) crossings.push(x)
        else rows.set(row, [x])
      }
    })
    for (const [row, crossings] of rows) {
      crossings.sort((a, b) => a - b)
      for (let k = 0; k + 1 < crossings.length; k += 2) {
        const from = Math.ceil(crossings[k]! - 0.5)
        const to = Math.ceil(crossings[k + 1]! - 0.5)
        for (let x = from; x < to; x++) {
          const at = (row - y0) * width + (x - x0)
          if (cells[at] === 0) cells[at] = label + 1
        }
      }
    }
  })
  return { width, height, x0, y0, cells }
}

/** Leaves one connected part per label; 0 is the outside. Returns how many pixels changed their label. */
export function tidyLabels(grid: LabelGrid): number {
  let changed = 0
  for (let pass = 0; pass < 50; pass++) {
    const moved = absorbSmallParts(grid) + openSaddles(grid)
    changed += moved
    if (moved === 0) return changed
  }
  throw new Error('county raster did not settle after 50 passes')
}

function absorbSmallParts({ cells, width }: LabelGrid): number {
  const part = new Int32Array(cells.length)
  const size: number[] = [0]
  const label: number[] = [0]
  const start: number[] = [0]
  const stack: number[] = []
  const steps = [1, -1, width, -width]
  for (let s = 0; s < cells.length; s++) {
    if (part[s] !== 0) continue
    const id = size.length
    size.push(0)
    label.push(cells[s]!)
    start.push(s)
    part[s] = id
    stack.push(s)
    while (stack.length > 0) {
      const at = stack.pop()!
      size[id]!++
      for (const step of steps) {
        const next = at + step
        if (next >= 0 && next < cells.length && part[next] === 0 && cells[next] === cells[s]) {
          part[next] = id
          stack.push(next)
        }
      }
    }
  }
  const largest = new Map<number, number>()
  for (let id = 1; id < size.length; id++) {
    const best = largest.get(label[id]!)
    if (best === undefined || size[id]! > size[best]!) largest.set(label[id]!, id)
  }
  let changed = 0
  for (let id = 1; id < size.length; id++) {
    if (largest.get(label[id]!) === id) continue
    const own: number[] = [start[id]!]
    const seen = new Set(own)
    const votes = new Map<number, number>()
    for (let k = 0; k < own.length; k++) {
      for (const step of steps) {
        const next = own[k]! + step
        if (part[next] === id) {
          if (!seen.has(next)) {
            seen.add(next)
            own.push(next)
          }
        } else votes.set(cells[next]!, (votes.get(cells[next]!) ?? 0) + 1)
      }
    }
    const winner = [...votes].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]
    if (!winner) continue
    for (const at of own) cells[at] = winner[0]
    changed += own.length
  }
  return changed
}

/** Two equal pixels that meet only in a corner would make an outline touch itself: fill one of the other two. */
function openSaddles({ cells, width }: LabelGrid): number {
  let changed = 0
  for (let at = 0; at + width + 1 < cells.length; at++) {
    const a = cells[at]!
    const b = cells[at + 1]!
    const c = cells[at + width]!
    const d = cells[at + width + 1]!
    if (a === d && a !== b && a !== c) {
      cells[at + 1] = a
      changed++
    } else if (b === c && b !== a && b !== d) {
      cells[at] = b
      changed++
    }
  }
  return changed
}

export function traceLabels({ cells, width, height, x0, y0 }: LabelGrid, labels: number): PixelRing[] {
  const nexts = Array.from({ length: labels + 1 }, () => new Map<number, number>())
  const stride = width + 1
  const link = (label: number, from: number, to: number) => {
    if (label === 0) return
    if (nexts[label]!.has(from)) throw new Error(`outline of label ${label} touches itself`)
    nexts[label]!.set(from, to)
  }
  for (let y = 1; y < height; y++) {
    for (let x = 1; x < width; x++) {
      const here = cells[y * width + x]!
      const left = cells[y * width + x - 1]!
      const below = cells[(y - 1) * width + x]!
      const corner = y * stride + x
      if (here !== left) {
        link(here, corner + stride, corner)
        link(left, corner, corner + stride)
      }
      if (here !== below) {
        link(here, corner, corner + 1)
        link(below, corner + 1, corner)
      }
    }
  }
  return nexts.slice(1).map((next, i) => {
    const first = next.keys().next().value
    if (first === undefined) throw new Error(`label ${i + 1} has no pixels`)
    const ring: PixelRing = []
    let at = first
    do {
      ring.push([(at % stride) + x0, Math.floor(at / stride) + y0])
      at = next.get(at)!
    } while (at !== first)
    if (ring.length !== next.size) throw new Error(`label ${i + 1} has a hole or a second part`)
    return ring
  })
}
