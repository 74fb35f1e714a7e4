/** What is said of a board in the help of a subcommand. */
export const BOARDS_HELP =
  'a name, an address or a hardware address, also with /<box> behind it, or tag:<tag> for all that have it';

/** The option that says why something is done, for those who ask later. */
export const WHY = ['--why <text>', 'a reason, for who asks later: update-server log prints it'] as const;

/** What is said of `--json` where a list is one of the status page's. */
export const JSON_OF_STATUS = 'for programs, as /status has them';
