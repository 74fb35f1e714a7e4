/** The code of the thread in `worker.ts`: where it lies. In a bundle it is the code itself (esbuild.mjs). */
export const code: URL | string = new URL('./worker.ts', import.meta.url);
