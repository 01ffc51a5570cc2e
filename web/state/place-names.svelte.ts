/** Names of places by code, filled by whatever lists pass by; a code stands for itself until its name is known. */
class PlaceNames {
  #names = $state.raw<ReadonlyMap<string, string>>(new Map())

  of(code: string): string {
    return this.#names.get(code) ?? code
  }

  learn(places: Iterable<{ code: string; name: string }>): void {
    const next = new Map(this.#names)
    for (const { code, name } of places) next.set(code, name)
    if (next.size !== this.#names.size) this.#names = next
  }
}

export const placeNames = new PlaceNames()
