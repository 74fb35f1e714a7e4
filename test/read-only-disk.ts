/**
 * A program and its arguments, as one that runs them where `folder` lies on a read-only file system: unshare(1), mount(8). It ends with
 * another status than theirs where the system lets nobody do that.
 */
export function onReadOnlyDisk(folder: string, ...command: readonly string[]): readonly [string, ...string[]] {
  const script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && cd "$0" && exec "$@"';
  return ['unshare', '-Urm', 'sh', '-c', script, folder, ...command];
}
