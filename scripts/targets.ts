/** The platforms that the extension is packaged for, by VS Code's names, and the npm package with the zstd binary of each. */
export const TARGETS: Readonly<Record<string, string>> = {
  'linux-x64': '@mongodb-js/zstd-linux-x64-gnu',
  'linux-arm64': '@mongodb-js/zstd-linux-arm64-gnu',
  'alpine-x64': '@mongodb-js/zstd-linux-x64-musl',
  'alpine-arm64': '@mongodb-js/zstd-linux-arm64-musl',
  'darwin-x64': '@mongodb-js/zstd-darwin-x64',
  'darwin-arm64': '@mongodb-js/zstd-darwin-arm64',
  'win32-x64': '@mongodb-js/zstd-win32-x64-msvc',
};
