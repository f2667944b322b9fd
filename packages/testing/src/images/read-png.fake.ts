import { inflateSync } from 'node:zlib';

/** A PNG file of one bit for each point, as a viewer sees it. */
export interface SeenPicture {
  readonly width: number;
  readonly height: number;
  /** Bit depth, colour type, compression, filter and interlace. */
  readonly format: readonly number[];
  readonly colours: readonly number[];
  /** Its rows; `#` is a point of the second colour. */
  readonly rows: readonly string[];
}

/** Reads what `writePng` writes. */
export function readPng(file: Buffer): SeenPicture {
  const chunk = (name: string): Buffer => {
    const at = file.indexOf(name);
    return file.subarray(at + 4, at + 4 + file.readUInt32BE(at - 4));
  };
  const header = chunk('IHDR');
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const points = inflateSync(chunk('IDAT'));
  const stride = points.length / height;
  const rows = Array.from({ length: height }, (_, y) => {
    const [filter, ...bytes] = points.subarray(y * stride, (y + 1) * stride);
    if (filter !== 0) throw new Error(`row ${y} has the filter ${filter}`);
    return bytes
      .map((byte) => byte.toString(2).padStart(8, '0'))
      .join('')
      .replaceAll('0', '.')
      .replaceAll('1', '#');
  });
  return { width, height, format: [...header.subarray(8)], colours: [...chunk('PLTE')], rows };
}
