import type { Database } from '#db/client.ts'
import { shapeLocator } from '#domain/geo/shape-locator.ts'
import { lockPlan } from '#server/grids/queries.ts'
import { planGround, spotsOf, storePlaces, unitShapes } from './place-queries.ts'

const LIMIT_MS = 60_000

/**
 * Brings app.plan_client up to date when clients or units have changed. A point on a common border belongs to the unit with the
 * lowest number; computed here and not in SQL, so that both engines agree to the last bit.
 */
export async function placeClients(db: Database, planId: number): Promise<void> {
  const read = await db.asRole(
    'gis_reader',
    async (tx) => {
      const ground = await planGround(tx, planId)
      if (!ground || ground.placedFor === ground.stamp) return null
      return {
        stamp: ground.stamp,
        spots: await spotsOf(tx, ground.countyCode),
        shapes: await unitShapes(tx, planId),
      }
    },
    LIMIT_MS,
  )
  if (!read) return
  const locate = shapeLocator(read.shapes).first
  const found = read.spots
    .map(({ id, spot, lng, lat }) => ({ id, spot, unit: locate(lng, lat) }))
    .filter(({ unit }) => unit >= 0)
  await db.asRole(
    'gis_worker',
    async (tx) => {
      await lockPlan(tx, planId)
      await storePlaces(tx, planId, read.stamp, found)
    },
    LIMIT_MS,
  )
}
