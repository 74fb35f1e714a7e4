import { equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { capabilitiesIn } from '../../src/contents/capabilities.ts';

const UNNAMED = '41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63';

/** Values of `security.capability`, and what `getcap -n` of libcap 2.66 prints for a file that has them. */
const PRINTED: Readonly<Record<string, string>> = {
  '0100000200200000000000000000000000000000': 'cap_net_raw=ep',
  '0000000200200000000000000000000000000000': 'cap_net_raw=p',
  '0100000200240000000000000000000000000000': 'cap_net_bind_service,cap_net_raw=ep',
  '0000000200200000800000000000000000000000': 'cap_setuid=i cap_net_raw+p',
  '0100000200200000800000000000000000000000': 'cap_setuid=ei cap_net_raw+ep',
  '01000002ffffffff00000000ff01000000000000': '=ep',
  '01000002ffffffffffffffffff010000ff010000': '=eip',
  '01000002ffffdfff00000000ff01000000000000': '=ep cap_sys_admin-ep',
  '01000002ffffffff00000000ffffffff00000000': `=ep ${UNNAMED}+ep`,
  '01000002ffffdfff00000000ffffffff00000000': `=ep cap_sys_admin-ep ${UNNAMED}+ep`,
  '0100000200000000000000000001000000000000': 'cap_checkpoint_restore=ep',
  '0100000200000000000000000020000000000000': '= 45+ep',
  '0000000200000000000000000000000000000000': '=',
  '0000000201000000012000000000000000000000': 'cap_chown=ip cap_net_raw+i',
  '0100000380000000000000000000000000000000e8030000': 'cap_setuid=ep [rootid=1000]',
  '00000002ffffffff01000000ffffffff00000000': `=p cap_chown+i ${UNNAMED}+p`,
};

function textOf(hex: string): string | undefined {
  const value = Buffer.from(hex, 'hex');
  return capabilitiesIn({ name: 'security.capability', bytes: value.length, value });
}

suite('capabilities are told as getcap tells them', () => {
  for (const [hex, text] of Object.entries(PRINTED)) {
    test(text, () => equal(textOf(hex), text));
  }

  test('of the first revision, which Linux sets no more', () =>
    equal(textOf('010000010020000000000000'), 'cap_net_raw=ep'));

  test('unless they are none', () => {
    for (const hex of ['', '0100', '01000002', '0100000400200000000000000000000000000000'])
      equal(textOf(hex), undefined);
    equal(
      capabilitiesIn({ name: 'user.x', bytes: 12, value: Buffer.from('010000010020000000000000', 'hex') }),
      undefined,
    );
    equal(capabilitiesIn({ name: 'security.capability', bytes: 20, value: undefined }), undefined);
  });
});
