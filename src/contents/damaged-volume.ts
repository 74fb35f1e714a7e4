/** A file system contradicts itself: a file or a folder in it can't be read to its end. The message says how. */
export class DamagedVolume extends Error {
  override readonly name = 'DamagedVolume';
}
