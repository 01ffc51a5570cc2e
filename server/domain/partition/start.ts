/**
 * Purpose: a first assignment. Two ways, tried in turn by the caller: straight cuts (bisect.ts), or a power diagram (weighted
 * k-means with an additive weight per centre) whose loads follow the capacities.
 * Inputs: the coarsest graph, capacities, optional centres (managers' homes), the grids of each component.
 * Outputs: a grid per unit; not yet contiguous (see contiguity.ts) and only roughly balanced.
 * Cost: rounds * units * grids, about 10 ms for 1,000 units and 20 grids.
 * Source: Aurenhammer's power diagrams; step sizes adapted per centre by the sign of its error (as in Rprop).
 */
import type { Random } from '../random.ts'
import { bisect } from './bisect.ts'
import type { Components } from './contiguity.ts'
import type { Graph } from './graph.ts'

const ROUNDS = 90

export interface StartRecipe {
  centres: 'spread' | 'bisected'
  /** Rounds of the power diagram follow; without them bisected parts stay as cut. */
  rounds: boolean
  /** How much land, beside work, draws the centres: 0 .. 1. */
  landShare: number
  /** Random turn of the cutting axes, radians. */
  turn: number
}

/** Where nearly all work is in one place, centres drawn by land never reach it; where it is spread, land gives better shapes. */
export const START_RECIPES: readonly StartRecipe[] = [
  { centres: 'bisected', rounds: false, landShare: 0, turn: 0 },
  { centres: 'spread', rounds: true, landShare: 0.3, turn: 0 },
  { centres: 'bisected', rounds: true, landShare: 0.1, turn: 0.3 },
  { centres: 'bisected', rounds: false, landShare: 0, turn: 0.8 },
  { centres: 'bisected', rounds: true, landShare: 0.02, turn: 0.8 },
  { centres: 'spread', rounds: true, landShare: 0.1, turn: 0 },
]

export interface StartOptions {
  k: number
  capacity: Float64Array
  importance: Float64Array
  /** Centres in graph coordinates, or null where free. */
  homes: ({ x: number; y: number } | null)[]
  component: Components
  componentOfGrid: Int32Array
  recipe: StartRecipe
}

interface Centres {
  x: Float64Array
  y: Float64Array
  pinned: Uint8Array
}

export function firstAssignment(graph: Graph, options: StartOptions, random: Random): Int32Array {
  const { k, capacity, component, componentOfGrid, recipe } = options
  const load = combinedLoad(graph, options.importance)
  const landPerGrid = graph.area.reduce((sum, a) => sum + a, 0) / k || 1
  const mass = load.map(
    (value, u) => (1 - recipe.landShare) * value + (recipe.landShare * graph.area[u]!) / landPerGrid,
  )
  const centres = pinCentres(graph, k, options.homes)
  const assignment = new Int32Array(graph.n).fill(-1)
  for (let c = 0; c < component.count; c++) {
    const units: number[] = []
    for (let u = 0; u < graph.n; u++) if (component.of[u] === c) units.push(u)
    const grids: number[] = []
    for (let g = 0; g < k; g++) if (componentOfGrid[g] === c) grids.push(g)
    if (recipe.centres === 'bisected') {
      const pinX = centres.x.map((value, g) => (centres.pinned[g] ? value : NaN))
      const pinY = centres.y.map((value, g) => (centres.pinned[g] ? value : NaN))
      bisect(graph, units, grids, { load, capacity, pinX, pinY, turn: recipe.turn }, random, assignment)
      moveToCentroids(graph, units, assignment, mass, centres)
    } else spreadCentres(graph, units, grids, mass, centres, random)
    if (recipe.rounds) powerRounds(graph, units, grids, { load, mass, capacity, centres }, assignment)
  }
  for (let u = 0; u < graph.n; u++) if (graph.locked[u] !== -1) assignment[u] = graph.locked[u]!
  return assignment
}

function powerRounds(
  graph: Graph,
  units: number[],
  grids: number[],
  given: { load: Float64Array; mass: Float64Array; capacity: Float64Array; centres: Centres },
  assignment: Int32Array,
): void {
  const { x, y, locked } = graph
  const { load, mass, capacity, centres } = given
  const total = units.reduce((sum, u) => sum + load[u]!, 0)
  const totalCapacity = grids.reduce((sum, g) => sum + capacity[g]!, 0)
  const size = capacity.length
  const bonus = new Float64Array(size)
  const step = new Float64Array(size).fill(0.3)
  const lastLack = new Float64Array(size)
  for (let round = 0; round < ROUNDS; round++) {
    const sum = new Float64Array(size)
    for (const u of units) {
      let best = locked[u]!
      if (best === -1) {
        let bestPower = Infinity
        for (const g of grids) {
          const power = (x[u]! - centres.x[g]!) ** 2 + (y[u]! - centres.y[g]!) ** 2 - bonus[g]!
          if (power < bestPower) {
            bestPower = power
            best = g
          }
        }
      }
      assignment[u] = best
      sum[best]! += load[u]!
    }
    if (round === ROUNDS - 1 || total === 0) return
    if (round < ROUNDS * 0.6) moveToCentroids(graph, units, assignment, mass, centres)
    if (grids.length < 2) return
    const nearest = grids.map((g) => {
      let least = Infinity
      for (const other of grids) {
        if (other === g) continue
        least = Math.min(
          least,
          (centres.x[g]! - centres.x[other]!) ** 2 + (centres.y[g]! - centres.y[other]!) ** 2,
        )
      }
      return least
    })
    // A centre far out in empty land must not gain by its own wide spacing, or one step hands it the whole town.
    const typical = [...nearest].sort((p, q) => p - q)[grids.length >> 2]!
    grids.forEach((g, i) => {
      const wanted = (total * capacity[g]!) / totalCapacity
      const lack = Math.max(-1, Math.min(1, 1 - sum[g]! / wanted))
      step[g] = Math.min(0.8, step[g]! * (lack * lastLack[g]! < 0 ? 0.5 : 1.1))
      lastLack[g] = lack
      bonus[g]! += step[g]! * lack * Math.max(Math.min(nearest[i]!, 2 * typical), 1e-6)
    })
  }
}

function moveToCentroids(
  graph: Graph,
  units: number[],
  assignment: Int32Array,
  mass: Float64Array,
  centres: Centres,
): void {
  const size = centres.x.length
  const sum = new Float64Array(size)
  const sumX = new Float64Array(size)
  const sumY = new Float64Array(size)
  for (const u of units) {
    const g = assignment[u]!
    sum[g]! += mass[u]!
    sumX[g]! += mass[u]! * graph.x[u]!
    sumY[g]! += mass[u]! * graph.y[u]!
  }
  for (let g = 0; g < size; g++) {
    if (centres.pinned[g] || !(sum[g]! > 0)) continue
    centres.x[g] = sumX[g]! / sum[g]!
    centres.y[g] = sumY[g]! / sum[g]!
  }
}

function combinedLoad(graph: Graph, importance: Float64Array): Float64Array {
  const { n, m, weight } = graph
  const total = importance.reduce((sum, value) => sum + value, 0)
  const load = new Float64Array(n)
  for (let u = 0; u < n; u++)
    for (let j = 0; j < m; j++) load[u]! += (weight[u * m + j]! * importance[j]!) / total
  return load
}

/** Homes fix a centre; locked units fix it where there is no home. */
function pinCentres(graph: Graph, k: number, homes: StartOptions['homes']): Centres {
  const centres: Centres = { x: new Float64Array(k), y: new Float64Array(k), pinned: new Uint8Array(k) }
  const lockedCount = new Int32Array(k)
  for (let u = 0; u < graph.n; u++) {
    const g = graph.locked[u]!
    if (g === -1) continue
    centres.x[g]! += graph.x[u]!
    centres.y[g]! += graph.y[u]!
    lockedCount[g]!++
  }
  for (let g = 0; g < k; g++) {
    const home = homes[g]
    if (home) {
      centres.x[g] = home.x
      centres.y[g] = home.y
    } else if (lockedCount[g]! > 0) {
      centres.x[g]! /= lockedCount[g]!
      centres.y[g]! /= lockedCount[g]!
    } else continue
    centres.pinned[g] = 1
  }
  return centres
}

/** k-means++: the next centre is drawn with a chance that grows with mass and squared distance. */
function spreadCentres(
  graph: Graph,
  units: number[],
  grids: number[],
  mass: Float64Array,
  centres: Centres,
  random: Random,
): void {
  const distance = new Float64Array(units.length).fill(Infinity)
  let placed = 0
  const lower = (g: number): void => {
    units.forEach((u, p) => {
      const d = (graph.x[u]! - centres.x[g]!) ** 2 + (graph.y[u]! - centres.y[g]!) ** 2
      if (d < distance[p]!) distance[p] = d
    })
    placed++
  }
  for (const g of grids) if (centres.pinned[g]) lower(g)
  for (const g of grids) {
    if (centres.pinned[g]) continue
    const chance = Float64Array.from(units, (u, p) => (placed === 0 ? mass[u]! : mass[u]! * distance[p]!))
    let draw = random.next() * chance.reduce((sum, value) => sum + value, 0)
    let pick = units.length - 1
    for (let p = 0; p < units.length; p++) {
      draw -= chance[p]!
      if (draw < 0) {
        pick = p
        break
      }
    }
    centres.x[g] = graph.x[units[pick]!]!
    centres.y[g] = graph.y[units[pick]!]!
    lower(g)
  }
}
