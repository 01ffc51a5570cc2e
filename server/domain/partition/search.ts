/**
 * Purpose: the state of the search and its single step: move one border unit to a neighbouring grid, or swap two.
 * Energy = border cut + shape + lambda * imbalance + disturbance, all in mean unit sides.
 *   shape of a grid = beta * (2 pi M / A^1.5 - sqrt A), M the moment of inertia from running sums: 0 for a disc, grows with size;
 *   imbalance = excess + 4 excess^2 outside the tolerance, above AND below, summed over grids and weights.
 * Guarantees: every accepted step leaves each grid non-empty and connected; locked units never move.
 * Limits: the contiguity test is local (leave-test.ts) and refuses when unsure.
 * Cost: a step is O(neighbours + weights), 1 to 1.7 million steps a second on a slow shared core; nothing is allocated in the loop.
 */
import type { Random } from '../random.ts'
import type { Graph } from './graph.ts'
import { createLeaveTest } from './leave-test.ts'

const CHECK_EVERY = 16384

export interface SearchTargets {
  k: number
  capacity: Float64Array
  importance: Float64Array
  /** Strength of the shape term; 0 without positions. */
  shape: number
}

export interface PhaseOptions {
  proposals: number
  fromTemperature: number
  toTemperature: number
  fromLambda: number
  toLambda: number
  up: Float64Array
  down: Float64Array
  /** Only moves that touch a grid outside its tolerance. */
  onlyViolating: boolean
  /** Share of proposals that swap two units. */
  swapShare: number
  random: Random
  /** Called now and then with the number of proposals done; true stops. */
  pause: (done: number) => boolean
}

export interface Search {
  readonly graph: Graph
  readonly assignment: Int32Array
  run(options: PhaseOptions): void
  /** Sum over grids and weights of what lies outside these tolerances. */
  violation(up: Float64Array, down: Float64Array): number
  /** Cut, shape and disturbance, without balance. */
  plainEnergy(): number
  load(grid: number, weight: number): number
  reset(assignment: Int32Array): void
}

export function createSearch(graph: Graph, targets: SearchTargets): Search {
  const { n, m, start, neighbour, border, weight, area, inertia, x, y, locked, previous, disturbance } = graph
  const { k, capacity, importance, shape } = targets
  const assignment = new Int32Array(n)
  const size = new Int32Array(k)
  const loads = new Float64Array(k * m)
  const sumA = new Float64Array(k)
  const sumX = new Float64Array(k)
  const sumY = new Float64Array(k)
  const sumR = new Float64Array(k)
  const shapeOf = new Float64Array(k)
  const imbalanceOf = new Float64Array(k)
  const foreign = new Int32Array(n)
  const borderUnits = new Int32Array(n)
  const borderSlot = new Int32Array(n)
  let borderCount = 0
  const canLeave = createLeaveTest(graph, assignment, size)
  let up: Float64Array = new Float64Array(m)
  let down: Float64Array = new Float64Array(m)
  const radius = new Float64Array(n)
  for (let u = 0; u < n; u++) radius[u] = area[u]! * (x[u]! * x[u]! + y[u]! * y[u]!) + inertia[u]!

  const shapeEnergy = (a: number, sx: number, sy: number, r: number): number => {
    if (shape === 0 || a < 1e-9) return 0
    const root = Math.sqrt(a)
    return shape * ((2 * Math.PI * (r - (sx * sx + sy * sy) / a)) / (a * root) - root)
  }
  const penalty = (load: number, g: number, j: number): number => {
    const deviation = load / capacity[g]! - 1
    const excess = deviation > up[j]! ? deviation - up[j]! : -deviation > down[j]! ? -deviation - down[j]! : 0
    return excess === 0 ? 0 : importance[j]! * capacity[g]! * (excess + 4 * excess * excess)
  }
  const imbalance = (g: number): number => {
    let sum = 0
    for (let j = 0; j < m; j++) sum += penalty(loads[g * m + j]!, g, j)
    return sum
  }
  const setBorder = (u: number): void => {
    const slot = borderSlot[u]!
    if (foreign[u]! > 0) {
      if (slot !== -1) return
      borderSlot[u] = borderCount
      borderUnits[borderCount++] = u
    } else if (slot !== -1) {
      const last = borderUnits[--borderCount]!
      borderUnits[slot] = last
      borderSlot[last] = slot
      borderSlot[u] = -1
    }
  }

  const reset = (from: Int32Array): void => {
    assignment.set(from)
    size.fill(0)
    loads.fill(0)
    sumA.fill(0)
    sumX.fill(0)
    sumY.fill(0)
    sumR.fill(0)
    borderCount = 0
    borderSlot.fill(-1)
    for (let u = 0; u < n; u++) {
      const g = assignment[u]!
      size[g]!++
      for (let j = 0; j < m; j++) loads[g * m + j]! += weight[u * m + j]!
      sumA[g]! += area[u]!
      sumX[g]! += area[u]! * x[u]!
      sumY[g]! += area[u]! * y[u]!
      sumR[g]! += radius[u]!
      let count = 0
      for (let e = start[u]!; e < start[u + 1]!; e++) if (assignment[neighbour[e]!] !== g) count++
      foreign[u] = count
      setBorder(u)
    }
    for (let g = 0; g < k; g++) shapeOf[g] = shapeEnergy(sumA[g]!, sumX[g]!, sumY[g]!, sumR[g]!)
  }

  // Energies of the two grids after the move last evaluated; `apply` stores them. An array, because a captured number that
  // changes is boxed anew at every assignment.
  const scratch = new Float64Array(4)

  const evaluate = (u: number, g: number, h: number, lambda: number): number => {
    let toOwn = 0
    let toOther = 0
    for (let e = start[u]!; e < start[u + 1]!; e++) {
      const label = assignment[neighbour[e]!]
      if (label === g) toOwn += border[e]!
      else if (label === h) toOther += border[e]!
    }
    let newImbalanceFrom = 0
    let newImbalanceTo = 0
    for (let j = 0; j < m; j++) {
      const w = weight[u * m + j]!
      newImbalanceFrom += penalty(loads[g * m + j]! - w, g, j)
      newImbalanceTo += penalty(loads[h * m + j]! + w, h, j)
    }
    const a = area[u]!
    const ax = a * x[u]!
    const ay = a * y[u]!
    const newShapeFrom = shapeEnergy(sumA[g]! - a, sumX[g]! - ax, sumY[g]! - ay, sumR[g]! - radius[u]!)
    const newShapeTo = shapeEnergy(sumA[h]! + a, sumX[h]! + ax, sumY[h]! + ay, sumR[h]! + radius[u]!)
    scratch[0] = newShapeFrom
    scratch[1] = newShapeTo
    scratch[2] = newImbalanceFrom
    scratch[3] = newImbalanceTo
    let delta =
      toOwn -
      toOther +
      newShapeFrom +
      newShapeTo -
      shapeOf[g]! -
      shapeOf[h]! +
      lambda * (newImbalanceFrom + newImbalanceTo - imbalanceOf[g]! - imbalanceOf[h]!)
    const home = previous[u]!
    if (home !== -1) {
      if (home === g) delta += disturbance[u]!
      else if (home === h) delta -= disturbance[u]!
    }
    return delta
  }

  const apply = (u: number, g: number, h: number): void => {
    assignment[u] = h
    size[g]!--
    size[h]!++
    for (let j = 0; j < m; j++) {
      const w = weight[u * m + j]!
      loads[g * m + j]! -= w
      loads[h * m + j]! += w
    }
    const a = area[u]!
    sumA[g]! -= a
    sumA[h]! += a
    sumX[g]! -= a * x[u]!
    sumX[h]! += a * x[u]!
    sumY[g]! -= a * y[u]!
    sumY[h]! += a * y[u]!
    sumR[g]! -= radius[u]!
    sumR[h]! += radius[u]!
    shapeOf[g] = scratch[0]!
    shapeOf[h] = scratch[1]!
    imbalanceOf[g] = scratch[2]!
    imbalanceOf[h] = scratch[3]!
    let count = 0
    for (let e = start[u]!; e < start[u + 1]!; e++) {
      const v = neighbour[e]!
      const label = assignment[v]
      if (label !== h) count++
      if (label === g) foreign[v]!++
      else if (label === h) foreign[v]!--
      else continue
      setBorder(v)
    }
    foreign[u] = count
    setBorder(u)
  }

  const otherGrid = (u: number, g: number, random: Random): number => {
    const from = start[u]!
    const degree = start[u + 1]! - from
    let offset = random.int(degree)
    for (let tries = 0; tries < degree; tries++) {
      const label = assignment[neighbour[from + offset]!]!
      if (label !== g) return label
      if (++offset === degree) offset = 0
    }
    return -1
  }

  /** After u went from g to h: a unit of h that touches g and may go back instead. */
  const swapPartner = (u: number, g: number, h: number, random: Random): number => {
    for (let tries = 0; tries < 12; tries++) {
      let v = borderUnits[random.int(borderCount)]!
      if (tries < 6) {
        const degree = start[u + 1]! - start[u]!
        const near = neighbour[start[u]! + random.int(degree)]!
        const nearDegree = start[near + 1]! - start[near]!
        v = tries < 3 ? near : neighbour[start[near]! + random.int(nearDegree)]!
      }
      if (v === u || assignment[v] !== h || locked[v] !== -1 || foreign[v] === 0) continue
      for (let e = start[v]!; e < start[v + 1]!; e++) if (assignment[neighbour[e]!] === g) return v
    }
    return -1
  }

  const run = (options: PhaseOptions): void => {
    const { proposals, random, onlyViolating, swapShare, pause } = options
    up = options.up
    down = options.down
    for (let g = 0; g < k; g++) imbalanceOf[g] = imbalance(g)
    let temperature = options.fromTemperature
    let lambda = options.fromLambda
    const steps = Math.max(1, Math.ceil(proposals / CHECK_EVERY) * 8)
    const stride = CHECK_EVERY / 8
    const cooling = (options.toTemperature / options.fromTemperature) ** (1 / steps)
    const growth = (options.toLambda / options.fromLambda) ** (1 / steps)
    for (let done = 0; done < proposals; done++) {
      if (done % stride === 0 && done > 0) {
        temperature *= cooling
        lambda *= growth
        if (done % CHECK_EVERY === 0 && pause(done)) return
      }
      if (borderCount === 0) return
      const u = borderUnits[random.int(borderCount)]!
      if (locked[u] !== -1) continue
      const g = assignment[u]!
      const h = otherGrid(u, g, random)
      if (onlyViolating && imbalanceOf[g] === 0 && imbalanceOf[h] === 0) continue
      const delta = evaluate(u, g, h, lambda)
      if (swapShare > 0 && random.next() < swapShare) {
        if (!canLeave(u, g)) continue
        apply(u, g, h)
        const v = swapPartner(u, g, h, random)
        let kept = false
        if (v !== -1) {
          const total = delta + evaluate(v, h, g, lambda)
          kept = (total <= 0 || random.next() < Math.exp(-total / temperature)) && canLeave(v, h)
          if (kept) apply(v, h, g)
        }
        if (!kept) {
          evaluate(u, h, g, lambda)
          apply(u, h, g)
        }
        continue
      }
      if (delta > 0 && random.next() >= Math.exp(-delta / temperature)) continue
      if (canLeave(u, g)) apply(u, g, h)
    }
  }

  return {
    graph,
    assignment,
    run,
    reset,
    load: (grid, j) => loads[grid * m + j]!,
    violation: (upLimit, downLimit) => {
      let sum = 0
      for (let g = 0; g < k; g++) {
        for (let j = 0; j < m; j++) {
          const deviation = loads[g * m + j]! / capacity[g]! - 1
          sum += Math.max(0, deviation - upLimit[j]!, -deviation - downLimit[j]!)
        }
      }
      return sum
    },
    plainEnergy: () => {
      let sum = 0
      for (let u = 0; u < n; u++) {
        const g = assignment[u]!
        for (let e = start[u]!; e < start[u + 1]!; e++) {
          if (assignment[neighbour[e]!] !== g) sum += border[e]! / 2
        }
        if (previous[u] !== -1 && previous[u] !== g) sum += disturbance[u]!
      }
      for (let g = 0; g < k; g++) sum += shapeEnergy(sumA[g]!, sumX[g]!, sumY[g]!, sumR[g]!)
      return sum
    },
  }
}
