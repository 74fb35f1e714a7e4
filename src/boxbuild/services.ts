/** Which OpenRC services an image has, as far as names tell. */

/** Services of openrc and Alpine's base system: aports, main/openrc and main/busybox. */
const BASE_SERVICES = new Set(
  `acpid binfmt bootmisc cgroups consolefont crond devfs dmesg firstboot fsck hostname hwclock hwdrivers keymaps killprocs
  klogd loadkmap local localmount loopback machine-id mdev modloop modules mount-ro mtab net-online netmount network
  networking ntpd numlock osclock procfs rdate root runsvdir s6-svscan savecache save-keymaps save-termencoding seedrng
  staticroute swap swclock sysctl sysfs sysfsconf sysinit syslog termencoding urandom user watchdog`.split(/\s+/),
);

/** The shortest name that means something as a part of another. */
const SPEAKING = 3;

/**
 * Whether one of `packages` may bring `service`. Packages and services are named alike: openssh brings sshd, and
 * prometheus-node-exporter-openrc node-exporter. True wherever that is possible.
 */
export function mayBring(packages: readonly string[], service: string): boolean {
  if (BASE_SERVICES.has(service)) return true;
  const core = service.length > SPEAKING ? service.replace(/d$/, '') : service;
  const words = core.split(/[-._@]/).filter((word) => word.length >= SPEAKING);
  return packages.some((name) => name.includes(core) || words.some((word) => name.includes(word)) || isIn(name, core));
}

function isIn(name: string, core: string): boolean {
  return name.length >= SPEAKING && core.includes(name);
}
