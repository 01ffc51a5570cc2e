import { placesWithVillageCells } from '#db/load-places.ts'
import { areaKm2 } from '#geodata/geometry/ring.ts'
const places = placesWithVillageCells()
let worst = 0, miss = 0
for (const t of places.filter(p => p.level==='township' && !p.statistical)) {
  const v = places.filter(p => p.level==='village' && !p.statistical && p.townshipCode===t.code)
  const s = v.reduce((a,p)=>a+(p.geometry?areaKm2(p.geometry):0),0); miss += v.filter(p=>!p.geometry).length
  const rel = Math.abs(s-areaKm2(t.geometry!))/areaKm2(t.geometry!)
  if (rel>worst) { worst=rel; console.log(t.code,t.name,rel) }
}
console.log(worst, miss)
