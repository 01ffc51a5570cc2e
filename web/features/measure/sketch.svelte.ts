/** What is being drawn on the map: a distance, an area, or the area of a new plan. One sketch at a time. */
export type SketchPurpose = 'distance' | 'area' | 'plan-area'
export type SketchPoint = [number, number]

class Sketch {
  purpose = $state<SketchPurpose | null>(null)
  points = $state.raw<SketchPoint[]>([])
  finished = $state(false)
  #onPolygon: ((polygon: GeoJSON.Polygon) => void) | null = null

  get isPolygon(): boolean {
    return this.purpose === 'area' || this.purpose === 'plan-area'
  }

  get enough(): boolean {
    return this.points.length >= (this.isPolygon ? 3 : 2)
  }

  toggle(purpose: 'distance' | 'area'): void {
    if (this.purpose === purpose) this.clear()
    else this.#begin(purpose, null)
  }

  askPolygon(onPolygon: (polygon: GeoJSON.Polygon) => void): void {
    this.#begin('plan-area', onPolygon)
  }

  add(point: SketchPoint): void {
    if (this.finished) this.points = []
    this.finished = false
    this.points = [...this.points, point]
  }

  undo(): void {
    this.finished = false
    this.points = this.points.slice(0, -1)
  }

  finish(): void {
    if (!this.enough) return
    this.finished = true
    this.#onPolygon?.({ type: 'Polygon', coordinates: [[...this.points, this.points[0]]] })
  }

  clear(): void {
    this.purpose = null
    this.points = []
    this.finished = false
    this.#onPolygon = null
  }

  #begin(purpose: SketchPurpose, onPolygon: ((polygon: GeoJSON.Polygon) => void) | null): void {
    this.clear()
    this.purpose = purpose
    this.#onPolygon = onPolygon
  }
}

export const sketch = new Sketch()
