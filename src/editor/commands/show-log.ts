import type { Command } from './command.ts';

export const showLog: Command = {
  id: 'mkbox.showLog',
  run({ requests, log }) {
    requests.markSeen();
    log.show();
  },
};
