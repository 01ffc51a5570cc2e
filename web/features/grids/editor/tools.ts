/** The tools, their keys and what they do with the pointer. */
import type { IconName } from '#web/ui/icons.ts'

export type Tool =
  'move' | 'paint' | 'box' | 'lasso' | 'erase' | 'inspect' | 'swap' | 'split' | 'merge' | 'fill'

export interface ToolSpec {
  tool: Tool
  key: string
  icon: IconName
  /** stroke: takes units while dragged; ring: draws a shape; pick: one click, or two. */
  gesture: 'none' | 'stroke' | 'ring' | 'pick'
}

export const TOOLS: readonly ToolSpec[] = [
  { tool: 'move', key: 'M', icon: 'hand', gesture: 'none' },
  { tool: 'paint', key: 'P', icon: 'brush', gesture: 'stroke' },
  { tool: 'fill', key: 'F', icon: 'border', gesture: 'stroke' },
  { tool: 'box', key: 'B', icon: 'box', gesture: 'ring' },
  { tool: 'lasso', key: 'L', icon: 'lasso', gesture: 'ring' },
  { tool: 'erase', key: 'E', icon: 'eraser', gesture: 'stroke' },
  { tool: 'inspect', key: 'I', icon: 'info', gesture: 'pick' },
  { tool: 'swap', key: 'S', icon: 'swap', gesture: 'pick' },
  { tool: 'split', key: 'X', icon: 'split', gesture: 'pick' },
  { tool: 'merge', key: 'G', icon: 'merge', gesture: 'pick' },
]

export const gestureOf = (tool: Tool) => TOOLS.find((spec) => spec.tool === tool)!.gesture

const isMac = /Mac|iPhone|iPad/.test(navigator.platform)
/** As this computer's own keyboard names them. */
export const undoKey = isMac ? '⌘Z' : 'Ctrl+Z'
export const redoKey = isMac ? '⇧⌘Z' : 'Ctrl+Y'
