/** Where the client whose details are open is, for the ring around it; null while unknown or without a position. */
class Selection {
  clientPosition = $state.raw<[number, number] | null>(null)
}

export const selection = new Selection()
