/**
 * Purpose: what one editor can undo and redo, from the log alone, so that it survives a reload and needs no state of its own.
 * Inputs: that editor's edits in order; an edit that undoes names the one it takes back, and a redo is the undoing of an undoing.
 * Guarantees: after n undos, n redos lead back to the same list of undoable edits. A new edit ends what could be redone.
 * Limits: an undo of an edit that is not the latest leaves the others in their order. Cost: O(edits).
 */
export interface LoggedEdit {
  seq: number
  undoes: number | null
}

export interface History {
  /** The latest last. */
  undo: number[]
  redo: number[]
}

export function historyOf(edits: Iterable<LoggedEdit>): History {
  const undo: number[] = []
  const redo: number[] = []
  for (const { seq, undoes } of edits) {
    if (undoes === null) {
      undo.push(seq)
      redo.length = 0
    } else if (take(undo, undoes)) redo.push(seq)
    else if (take(redo, undoes)) undo.push(seq)
  }
  return { undo, redo }
}

function take(list: number[], seq: number): boolean {
  const at = list.lastIndexOf(seq)
  if (at < 0) return false
  list.splice(at, 1)
  return true
}
