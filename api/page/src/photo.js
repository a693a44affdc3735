/** Photos made smaller before they are sent or kept: a telephone's connection and memory are small. */

const LONGEST_SIDE_PX = 1600;
const QUALITY = 0.85;

/** The browser cannot show what was chosen. */
export class NoPhoto extends Error {}

/** Draw a photo anew, upright, its longest side bounded; what stood beside the picture is left behind here already.
 * @param {File} file @returns {Promise<Blob>} Raises NoPhoto.
 */
export async function shrink(file) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => { throw new NoPhoto(file.name); });
  const scale = Math.min(1, LONGEST_SIDE_PX / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale))];
  const paper = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  paper.fillStyle = "#fff";
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  const written = await new Promise((/** @type {(blob: Blob | null) => void} */ resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
  if (!written) throw new NoPhoto(file.name);
  return written;
}
