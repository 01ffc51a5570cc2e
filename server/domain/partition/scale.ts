/** Purpose: what temperatures and the price of imbalance are measured in, so that one schedule fits every size of graph. */
import type { Graph } from './graph.ts'

export function meanBorder(graph: Graph): number {
  let sum = 0
  for (const b of graph.border) sum += b
  return graph.border.length > 0 && sum > 0 ? sum / graph.border.length : 1
}

/** One unit of average weight moved out of an overloaded grid is then worth `factor` mean borders. */
export function lambdaFor(graph: Graph, k: number, factor: number): number {
  return (factor * graph.n * meanBorder(graph)) / k
}

/** What an average unit changes in a grid, as a share of its target. */
export function granularity(graph: Graph, k: number): number {
  return (0.5 * k) / graph.n
}

/** Fewer units per grid make single moves clumsy; swaps change the load by a difference. */
export function swapShareFor(graph: Graph, k: number): number {
  return Math.min(0.35, Math.max(0.04, (4 * k) / graph.n))
}
