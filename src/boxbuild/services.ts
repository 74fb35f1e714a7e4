/** Which OpenRC services an image has, as far as names tell. */

/** Services of openrc and Alpine's base system: aports, main/openrc and main/busybox. */
const BASE_SERVICES = new Set(
  `acpid binfmt bootmisc cgroups consolefont crond devfs dmesg firstboot fsck hostname hwclock hwdrivers keymaps killprocs
  klogd loadkmap local localmount loopback machine-id mdev modloop modules mount-ro mtab net-online netmount network
  networking ntpd numlock osclock procfs rdate root runsvdir s6-svscan savecache save-keymaps save-termencoding seedrng
  staticroute swap swclock sysctl sysfs sysfsconf sysinit syslog termencoding urandom user watchdog`.split(/\s+/),
);

/** Services that packages of aports bring, or what they depend on, and whose names do not tell so. */
const UNLIKE_SERVICES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    at: 'atd',
    avahi: 'dbus',
    bind: 'named',
    bluez: 'bluetooth rfcomm dbus',
    'bluez-alsa': 'bluealsa',
    'busybox-extras': 'dnsd httpd inetd udhcpd',
    clamav: 'freshclam',
    connman: 'dbus',
    'cyrus-sasl': 'saslauthd',
    dhcp: 'dhcrelay',
    docker: 'containerd',
    elogind: 'dbus',
    iptables: 'ebtables ip6tables',
    iwd: 'dbus',
    krb5: 'krb5kadmind krb5kdc krb5kpropd',
    libvirt: 'virtlockd virtlogd dbus',
    lvm2: 'lvmlockd',
    modemmanager: 'dbus',
    'net-snmp': 'snmptrapd',
    networkmanager: 'dbus',
    'nfs-utils': 'nfsdcld nfsmount rpc.gssd rpc.idmapd rpc.pipefs rpc.statd rpc.svcgssd rpcbind',
    openldap: 'lloadd slapd',
    spamassassin: 'spamd',
    strongswan: 'charon',
    'wireguard-tools': 'wg-quick',
  }).map(([name, services]) => [name, services.split(' ')]),
);

/** The shortest name that means something as a part of another. */
const SPEAKING = 3;

/**
 * Whether one of `packages` may bring `service`. Packages and services are named alike: openssh brings sshd, and
 * prometheus-node-exporter-openrc node-exporter. Of those that are not, the common ones are known. True wherever that is
 * possible.
 */
export function mayBring(packages: readonly string[], service: string): boolean {
  if (BASE_SERVICES.has(service) || packages.some((name) => isKnownToBring(name, service))) return true;
  const core = service.length > SPEAKING ? service.replace(/d$/, '') : service;
  const words = core.split(/[-._@]/).filter((word) => word.length >= SPEAKING);
  return packages.some((name) => name.includes(core) || words.some((word) => name.includes(word)) || isIn(name, core));
}

/** A package's parts have its name before theirs: `bind-openrc`. So has a service of which there are several: `wg-quick.wg0`. */
function isKnownToBring(name: string, service: string): boolean {
  for (const [known, services] of UNLIKE_SERVICES) {
    const isPart = name.startsWith(known) && /^([^a-z0-9]|$)/.test(name.slice(known.length));
    if (isPart && services.some((brought) => service === brought || service.startsWith(`${brought}.`))) return true;
  }
  return false;
}

function isIn(name: string, core: string): boolean {
  return name.length >= SPEAKING && core.includes(name);
}
