/** The code of the thread in `inventory-worker.ts`, as in `worker-code.ts`. */
export const code: URL | string = new URL('./inventory-worker.ts', import.meta.url);
