/** The code of the thread in `sha256-thread.ts`: where it lies. In a bundle it is the code itself (esbuild.mjs). */
export const code: URL | string = new URL('./sha256-thread.ts', import.meta.url);
