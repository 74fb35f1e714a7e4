import { UserError } from '../../errors.ts';
import { readHostName } from '../../server/admission/host-names.ts';

/**
 * Further names that the server goes by, from the setting `mkbox.allowedHosts`. An entry that is no name is left out,
 * and `warn` is told of it in a line of English.
 */
export function allowedHostNames(setting: readonly string[], warn: (text: string) => void): readonly string[] {
  return setting.flatMap((entry) => {
    try {
      return [readHostName(entry)];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      warn(`mkbox.allowedHosts: ${error.message}`);
      return [];
    }
  });
}
