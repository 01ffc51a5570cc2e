/**
 * Purpose: the starts worth trying on the coarsest level: straight cuts and power diagrams of several recipes, each made contiguous with
 * locked units connected.
 * Guarantees: the first comes at once (a usable answer); how many follow depends on sizes alone.
 * Cost: bounded to about the work of a second.
 */
import { createRandom, subSeed } from '../random.ts'
import type { AnnealOptions } from './anneal.ts'
import { connectLocked, makeContiguous } from './contiguity.ts'
import type { Graph } from './graph.ts'
import { firstAssignment, START_RECIPES } from './start.ts'

/** Distances computed in all power diagrams together. */
const MOST_DISTANCES = 100_000_000
const ROUNDS = 90

export function* startsOn(graph: Graph, options: AnnealOptions): Generator<Int32Array | null> {
  const { targets, homes, component, componentOfGrid, seed } = options
  const { k, capacity, importance } = targets
  const diagrams = Math.max(1, Math.floor(MOST_DISTANCES / (graph.n * k * ROUNDS)))
  let made = 0
  for (const [attempt, recipe] of START_RECIPES.entries()) {
    if (recipe.rounds && ++made > diagrams) continue
    const assignment = firstAssignment(
      graph,
      { k, capacity, importance, homes, component, componentOfGrid, recipe },
      createRandom(subSeed(seed, 100 + attempt)),
    )
    if (connectLocked(graph, assignment, k)) {
      yield null
      return
    }
    yield makeContiguous(graph, assignment, k, component, componentOfGrid) ? assignment : null
  }
}
