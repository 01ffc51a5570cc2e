import type { MATCHES } from './contract.ts'
import type { PlaceRow } from '#server/tiles/queries.ts'

export interface PlaceMatch {
  place: PlaceRow
  match: (typeof MATCHES)[number]
}

const LEVEL_ORDER = { county: 0, township: 1, village: 2, prefecture: 3 }

/**
 * Places whose name, former name, pinyin, initials or code begins with or contains the text; whole matches first, then
 * beginnings, then the larger place. A scan of all places: about 1 ms for 5,000.
 */
export function searchPlaces(places: readonly PlaceRow[], text: string, limit: number): PlaceMatch[] {
  const query = text.toLowerCase().replace(/[\s']/g, '')
  if (query === '') return []
  const found: (PlaceMatch & { rank: number })[] = []
  for (const place of places) {
    const hit = /^\d+$/.test(query) ? matchCode(place, query) : matchWords(place, query)
    if (hit) found.push({ place, ...hit })
  }
  found.sort(
    (a, b) =>
      a.rank - b.rank ||
      LEVEL_ORDER[a.place.level] - LEVEL_ORDER[b.place.level] ||
      a.place.name.length - b.place.name.length ||
      (a.place.code < b.place.code ? -1 : 1),
  )
  return found.slice(0, limit).map(({ place, match }) => ({ place, match }))
}

type Hit = Pick<PlaceMatch, 'match'> & { rank: number }

/** 6 or 9 digits mean the county or township itself before what lies inside it. */
function matchCode(place: PlaceRow, digits: string): Hit | null {
  const codes = [place.code, ...place.formerCodes]
  if (codes.some((code) => code === digits || code === digits.padEnd(12, '0')))
    return { match: 'code', rank: 0 }
  return digits.length >= 4 && codes.some((code) => code.startsWith(digits))
    ? { match: 'code', rank: 2 }
    : null
}

function matchWords(place: PlaceRow, query: string): Hit | null {
  const hits: Hit[] = []
  const consider = (match: PlaceMatch['match'], value: string, partial: boolean): void => {
    const key = value.toLowerCase().replace(/[\s']/g, '')
    if (key === query) hits.push({ match, rank: 0 })
    else if (key.startsWith(query)) hits.push({ match, rank: 1 })
    else if (partial && key.includes(query)) hits.push({ match, rank: 3 })
  }
  consider('name', place.name, true)
  for (const name of place.formerNames) consider('formerName', name, true)
  consider('initials', place.initials, false)
  consider('pinyin', place.pinyin, false)
  return hits.reduce<Hit | null>((best, hit) => (best === null || hit.rank < best.rank ? hit : best), null)
}
