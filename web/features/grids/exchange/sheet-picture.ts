/** A sheet as a PNG at the resolution of a good office printer. */
import { PAPERS, type Paper } from './page-layout.ts'

const DOTS_PER_MM = 200 / 25.4

/** Null when the browser cannot make a picture of this size. */
export async function sheetPicture(sheet: SVGSVGElement, paper: Paper): Promise<Blob | null> {
  const width = Math.round(PAPERS[paper].width * DOTS_PER_MM)
  const height = Math.round(PAPERS[paper].height * DOTS_PER_MM)
  const copy = sheet.cloneNode(true) as SVGSVGElement
  copy.setAttribute('width', String(width))
  copy.setAttribute('height', String(height))
  copy.removeAttribute('class')
  const address = URL.createObjectURL(
    new Blob([new XMLSerializer().serializeToString(copy)], { type: 'image/svg+xml' }),
  )
  try {
    const image = new Image()
    image.src = address
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = width
    canvas.height = height
    const context = canvas.getContext('2d')
    if (!context) return null
    context.drawImage(image, 0, 0, width, height)
    return await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
  } catch (cause) {
    // The one failure of decode(): the picture is too large for this device, or was refused.
    if (cause instanceof DOMException) return null
    throw cause
  } finally {
    URL.revokeObjectURL(address)
  }
}
