/** The browser that `npm ci` brings, with the libraries and the font that a bare machine lacks. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { cacheRoot, keep } from './cache.ts';
import { NODE, versionOf } from './npm.ts';

/** A browser's program and what has to be added to its environment. */
export interface Program {
  executablePath: string;
  env?: Record<string, string>;
}

const PACKAGE = '@sparticuz/chromium';

/**
 * Unpacks the browser once and keeps it.
 *
 * Its package unpacks into the system's folder for temporary files, and adds the libraries only where it believes to
 * be in a cloud function. A process of its own, with a temporary folder of its own and that belief, gives us all of it
 * in our cache.
 */
export async function unpackBundledBrowser(): Promise<Program> {
  const folder = path.join(cacheRoot(), 'chromium');
  await keep({
    folder,
    contents: JSON.stringify({ version: await versionOf(PACKAGE), folder }),
    make: async () => {
      const unpack = `import('${PACKAGE}').then(({ default: bundled }) => bundled.executablePath())`;
      await promisify(execFile)(NODE, ['--eval', unpack], {
        cwd: import.meta.dirname,
        env: { ...process.env, TMPDIR: folder, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
      });
      await writeFile(path.join(folder, 'fonts.conf'), fontsConf(folder));
    },
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  return {
    executablePath: path.join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: path.join(folder, 'al2023/lib'), FONTCONFIG_FILE: path.join(folder, 'fonts.conf') },
  };
}

/** The machine's own fonts, if it has any, and the one from the package, whose own list looks elsewhere. */
function fontsConf(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${path.join(folder, 'fonts/fonts')}</dir>
  <cachedir>${path.join(folder, 'font-cache')}</cachedir>
</fontconfig>
`;
}
