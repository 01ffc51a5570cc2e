/**
 * The pointer on the map while a tool is in hand: strokes, rings and picks. One finger paints, two move the map; holding a finger
 * still inspects. A drag is followed between its reported points, so that a fast one leaves no gaps.
 */
import type { Map as MapLibreMap } from 'maplibre-gl'
import { gridEditor } from './grid-editor.svelte.ts'
import { pickUnit, proposeCaught } from './proposals.ts'
import { inside, underBrush } from './selection.ts'
import { gestureOf } from './tools.ts'

export type ScreenPoint = [number, number]

const STEP_PX = 5
const LONG_PRESS_MS = 550
const STILL_PX = 8
const RING_STEP_PX = 4

export class PointerTools {
  readonly #map: MapLibreMap
  readonly #element: HTMLElement
  readonly #onRing: (ring: ScreenPoint[] | null) => void
  #id: number | null = null
  #start: ScreenPoint = [0, 0]
  #last: ScreenPoint = [0, 0]
  #lastUnit = -1
  #moved = false
  #ring: ScreenPoint[] | null = null
  #touches = new Set<number>()
  #press: ReturnType<typeof setTimeout> | undefined

  constructor(map: MapLibreMap, onRing: (ring: ScreenPoint[] | null) => void) {
    this.#map = map
    this.#element = map.getCanvasContainer()
    this.#onRing = onRing
    // Else the browser takes a finger's drag for scrolling. MapLibre says so only while it pans itself.
    this.#touchAction('none')
    const options = { capture: true }
    for (const [name, handler] of this.#handlers)
      this.#element.addEventListener(name, handler as never, options)
  }

  #touchAction(action: string): void {
    for (const element of [this.#element, this.#map.getCanvas()]) element.style.touchAction = action
  }

  stop(): void {
    this.#touchAction('')
    for (const [name, handler] of this.#handlers)
      this.#element.removeEventListener(name, handler as never, { capture: true })
    clearTimeout(this.#press)
  }

  readonly #handlers: [string, (event: PointerEvent) => void][] = [
    ['pointerdown', (event) => this.#down(event)],
    ['pointermove', (event) => this.#move(event)],
    ['pointerup', (event) => this.#up(event)],
    ['pointercancel', (event) => this.#cancel(event)],
    ['pointerleave', (event) => this.#leave(event)],
  ]

  get #busy(): boolean {
    return this.#id !== null
  }

  get #off(): boolean {
    return gridEditor.panning || gestureOf(gridEditor.tool) === 'none'
  }

  #at(event: PointerEvent): ScreenPoint {
    const box = this.#element.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }

  #unitsAt(point: ScreenPoint): number[] {
    const { board, brushSize, level, tool } = gridEditor
    if (!board) return []
    const { lng, lat } = this.#map.unproject(point)
    const isBrush = gestureOf(tool) === 'stroke'
    return underBrush(board, lng, lat, isBrush ? brushSize : 1, isBrush ? level : 'unit')
  }

  #unitAt(point: ScreenPoint): number {
    const { lng, lat } = this.#map.unproject(point)
    return gridEditor.board?.locate(lng, lat) ?? -1
  }

  #down(event: PointerEvent): void {
    if (event.pointerType === 'touch') {
      this.#touches.add(event.pointerId)
      if (this.#touches.size > 1) return this.#giveWay()
    }
    if (this.#off || event.button !== 0 || this.#busy) return
    this.#id = event.pointerId
    this.#start = this.#last = this.#at(event)
    this.#moved = false
    this.#lastUnit = -1
    this.#element.setPointerCapture(event.pointerId)
    gridEditor.hovered = null
    const gesture = gestureOf(gridEditor.tool)
    if (event.pointerType === 'touch') this.#press = setTimeout(() => this.#inspect(), LONG_PRESS_MS)
    else if (gesture === 'stroke') this.#beginStroke()
    if (gesture === 'ring') this.#ring = [this.#start]
  }

  #beginStroke(): void {
    gridEditor.beginStroke()
    gridEditor.painter?.preview([])
    if (gridEditor.tool !== 'fill') this.#paintAlong(this.#start, this.#start)
  }

  #move(event: PointerEvent): void {
    const point = this.#at(event)
    if (!this.#busy) return this.#hover(event, point)
    if (event.pointerId !== this.#id) return
    if (!this.#moved && Math.hypot(point[0] - this.#start[0], point[1] - this.#start[1]) > STILL_PX) {
      this.#moved = true
      clearTimeout(this.#press)
      if (event.pointerType === 'touch' && gestureOf(gridEditor.tool) === 'stroke') this.#beginStroke()
    }
    const gesture = gestureOf(gridEditor.tool)
    if (gesture === 'stroke' && gridEditor.stroke && (this.#moved || event.pointerType !== 'touch')) {
      this.#paintAlong(this.#last, point)
      this.#last = point
    } else if (gesture === 'ring' && this.#ring) this.#draw(point)
  }

  #paintAlong([x0, y0]: ScreenPoint, [x1, y1]: ScreenPoint): void {
    const steps = Math.max(1, Math.ceil(Math.hypot(x1 - x0, y1 - y0) / STEP_PX))
    const crossed = new Set<number>()
    for (let i = 1; i <= steps; i++) {
      const point: ScreenPoint = [x0 + ((x1 - x0) * i) / steps, y0 + ((y1 - y0) * i) / steps]
      const unit = this.#unitAt(point)
      if (unit < 0 || unit === this.#lastUnit) continue
      this.#lastUnit = unit
      for (const taken of this.#unitsAt(point)) crossed.add(taken)
    }
    if (crossed.size > 0) gridEditor.take([...crossed])
  }

  #draw(point: ScreenPoint): void {
    const ring = this.#ring!
    if (gridEditor.tool === 'box') {
      const [x0, y0] = this.#start
      this.#ring = [this.#start, [point[0], y0], point, [x0, point[1]]]
    } else {
      const last = ring[ring.length - 1]
      if (Math.hypot(point[0] - last[0], point[1] - last[1]) < RING_STEP_PX) return
      this.#ring = [...ring, point]
    }
    this.#onRing(this.#ring)
  }

  #up(event: PointerEvent): void {
    this.#touches.delete(event.pointerId)
    if (event.pointerId !== this.#id) return
    this.#id = null
    const pressed = this.#press
    clearTimeout(pressed)
    this.#press = undefined
    const gesture = gestureOf(gridEditor.tool)
    const unit = this.#unitAt(this.#at(event))
    if (gesture === 'ring') this.#catch()
    else if (gesture === 'pick') {
      if (unit >= 0 && !this.#moved) void pickUnit(unit)
    } else if (!this.#moved && gridEditor.tool === 'fill') {
      gridEditor.cancelStroke()
      if (unit >= 0) gridEditor.fillPart(unit)
    } else {
      // A tap: the stroke of one point.
      if (!gridEditor.stroke && event.pointerType === 'touch' && pressed !== undefined) this.#beginStroke()
      if (gridEditor.stroke) gridEditor.endStroke()
    }
  }

  #catch(): void {
    const ring = this.#ring ?? []
    this.#ring = null
    this.#onRing(null)
    const { board } = gridEditor
    if (!board || ring.length < 3) return
    const around = ring.map((point): [number, number] => {
      const { lng, lat } = this.#map.unproject(point)
      return [lng, lat]
    })
    proposeCaught(inside(board, around))
  }

  #hover(event: PointerEvent, point: ScreenPoint): void {
    if (event.pointerType === 'touch') return
    const unit = this.#unitAt(point)
    if (unit === gridEditor.hovered) return
    gridEditor.hovered = unit < 0 ? null : unit
    if (gridEditor.proposal) return
    gridEditor.painter?.preview(this.#off || unit < 0 ? [] : this.#unitsAt(point))
  }

  #leave(event: PointerEvent): void {
    if (this.#busy || event.pointerType === 'touch') return
    gridEditor.hovered = null
    if (!gridEditor.proposal) gridEditor.painter?.preview([])
  }

  #inspect(): void {
    this.#press = undefined
    const unit = this.#unitAt(this.#last)
    this.#drop()
    if (unit >= 0) gridEditor.inspected = unit
  }

  /** A second finger: what the first began is taken back, and both move the map. */
  #giveWay(): void {
    this.#drop()
    this.#map.dragPan.enable()
    const back = () => {
      if (this.#touches.size > 0) return
      removeEventListener('pointerup', back)
      if (!this.#off) this.#map.dragPan.disable()
    }
    addEventListener('pointerup', back)
  }

  #drop(): void {
    clearTimeout(this.#press)
    this.#press = undefined
    this.#id = null
    this.#ring = null
    this.#onRing(null)
    gridEditor.cancelStroke()
  }

  #cancel(event: PointerEvent): void {
    this.#touches.delete(event.pointerId)
    if (event.pointerId === this.#id) this.#drop()
  }
}
