/** What is otherwise in the package than for who installs the command by hand. */
const CHANGES: readonly (readonly [line: string, instead: string])[] = [
  [
    'ExecStart=/usr/bin/env node /usr/local/lib/mkbox/update-server.js',
    'ExecStart=/usr/lib/mkbox-update-server/node /usr/lib/mkbox-update-server/update-server.js',
  ],
  ['# Who it is: nobody, with folders of its own.', '# Who it is: a user of its own, with folders of its own.'],
  ['DynamicUser=yes', 'User=mkbox-update-server'],
  [' See docs/systemd.md.', ''],
];

/**
 * The service of contrib/ as the package has it.
 * @throws when contrib/ no longer has what is to be changed
 */
export function serviceForDebian(service: string): string {
  return CHANGES.reduce((text, [line, instead]) => {
    const parts = text.split(line);
    if (parts.length !== 2) throw new Error(`contrib/mkbox-update-server.service must have "${line}" once`);
    return parts.join(instead);
  }, service);
}
