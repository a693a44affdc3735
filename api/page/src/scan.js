/** Reads a QR code with the camera: by the browser itself where it can, else by a library that is fetched then. */

const EVERY_MS = 150;
const LONGEST_SIDE_PX = 800;

/** Whether there is a camera to ask for; without TLS browsers keep it from the page. */
export function canScan() {
  return Boolean(navigator.mediaDevices?.getUserMedia);
}

/** Look through the camera until a code is read or the signal says stop; gives its text, null where it was stopped.
 * Raises the browser's own error where the camera is refused or missing.
 * @param {HTMLVideoElement} video @param {AbortSignal} signal @returns {Promise<string | null>}
 */
export async function scan(video, signal) {
  const read = await findReader();
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  try {
    video.srcObject = stream;
    await video.play();
    while (!signal.aborted) {
      const text = await read(video);
      if (text) return text;
      await new Promise((resolve) => { window.setTimeout(resolve, EVERY_MS); });
    }
    return null;
  } finally {
    video.srcObject = null;
    for (const track of stream.getTracks()) track.stop();
  }
}

/** @returns {Promise<(video: HTMLVideoElement) => Promise<string | undefined>>} */
async function findReader() {
  const Detector = /** @type {any} */ (window).BarcodeDetector; // not in the types of browsers yet
  const formats = Detector ? await Detector.getSupportedFormats().catch(() => []) : [];
  if (formats.includes("qr_code")) {
    const detector = new Detector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  }
  const { default: decode } = await import("jsqr");
  const canvas = document.createElement("canvas");
  const paper = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  return async (video) => {
    if (video.videoWidth === 0) return undefined;
    const scale = Math.min(1, LONGEST_SIDE_PX / Math.max(video.videoWidth, video.videoHeight));
    [canvas.width, canvas.height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)];
    paper.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = paper.getImageData(0, 0, canvas.width, canvas.height);
    return decode(data, width, height)?.data;
  };
}
