import { deepEqual, equal } from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { suite, test } from 'node:test';
import { bindableAddresses, type InterfaceKind, toldAddress } from '../../../src/editor/serving/interfaces.ts';

function info(address: string, internal = false): NetworkInterfaceInfo {
  const mac = '00:00:00:00:00:00';
  return address.includes(':')
    ? { address, netmask: 'ffff:ffff:ffff:ffff::', family: 'IPv6', mac, internal, cidr: null, scopeid: 0 }
    : { address, netmask: '255.255.255.0', family: 'IPv4', mac, internal, cidr: null };
}

suite('the addresses that boards may reach', () => {
  test('are those of networks, then of what is behind no bench, loopback last', () => {
    const interfaces = {
      lo: [info('127.0.0.1', true), info('::1', true)],
      docker0: [info('172.17.0.1')],
      wg0: [info('10.9.0.2')],
      eth0: [info('192.168.1.5'), info('fe80::1'), info('192.168.2.5')],
    };
    deepEqual(bindableAddresses(interfaces), [
      { address: '192.168.1.5', interfaceName: 'eth0', kind: 'network' },
      { address: '192.168.2.5', interfaceName: 'eth0', kind: 'network' },
      { address: '10.9.0.2', interfaceName: 'wg0', kind: 'vpn' },
      { address: '172.17.0.1', interfaceName: 'docker0', kind: 'container' },
      { address: '127.0.0.1', interfaceName: 'lo', kind: 'loopback' },
    ]);
  });

  test('are none where there is no IPv4', () => {
    deepEqual(bindableAddresses({ eth0: [info('2001:db8::5')], eth1: undefined }), []);
  });

  const kinds: Record<InterfaceKind, readonly string[]> = {
    loopback: [],
    network: ['eth0', 'enp3s0', 'wlan0', 'en0', 'Ethernet', 'WLAN', 'usb0', 'bond0'],
    vpn: ['tun0', 'wg0', 'utun3', 'tailscale0', 'ztabc', 'ProtonVPN', 'WireGuard Tunnel'],
    container: [
      'docker0',
      'br-1a2b',
      'veth12',
      'virbr0',
      'vEthernet (Default Switch)',
      'VMware Network Adapter VMnet8',
    ],
    wsl: ['vEthernet (WSL)', 'vEthernet (WSL (Hyper-V firewall))'],
  };
  for (const [kind, names] of Object.entries(kinds)) {
    for (const name of names) {
      test(`behind ${name} are of the kind ${kind}`, () => {
        equal(bindableAddresses({ [name]: [info('10.0.0.1')] })[0]?.kind, kind);
      });
    }
  }
});

suite('the address to tell boards', () => {
  const addresses = bindableAddresses({
    eth0: [info('192.168.1.5'), info('192.168.2.5')],
    lo: [info('127.0.0.1', true)],
  });

  test('is the one listened on', () => {
    equal(toldAddress('192.168.2.5', '192.168.1.5', addresses), '192.168.2.5');
    equal(toldAddress('127.0.0.1', undefined, addresses), '127.0.0.1');
  });

  for (const all of ['0.0.0.0', '::']) {
    test(`is the chosen one where ${all} is listened on, as long as there is one like it`, () => {
      equal(toldAddress(all, '192.168.2.5', addresses), '192.168.2.5');
      equal(toldAddress(all, '10.0.0.9', addresses), '192.168.1.5');
      equal(toldAddress(all, all, addresses), '192.168.1.5');
      equal(toldAddress(all, undefined, []), '127.0.0.1');
    });
  }
});
